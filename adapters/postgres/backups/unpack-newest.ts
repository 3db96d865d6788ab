import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { flushFolder } from '../replication/back-up-into-folder.ts';
import { combineBackups } from '../replication/combine-backups.ts';
import { reasonOf } from '../../shared/vault/unusable.ts';
import type { BackupSite } from './backup-site.ts';
import { readChain } from './read-chain.ts';
import { unpackChain } from './restore-backup.ts';

/**
 * Lays the newest backup of a site's vault down in `folder`, decrypted and its chain combined, for `backUpIntoFolder` to add
 * what changed since: so an old primary's data is made anew without reading it, and without copying everything.
 * @throws StepFailure `Pointsman.NoParent` when there is no backup that can carry it
 */
export async function unpackNewest(site: BackupSite, folder: string): Promise<void> {
  const newest = (await site.backups.list()).at(-1)?.backup.id;
  if (newest === undefined) throw new StepFailure('Pointsman.NoParent', `the vault of ${site.name} holds no backup`);
  const parts = `${folder}.parts`;
  await rm(parts, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  try {
    const chain = await readChain(site.backups, newest);
    await combineBackups(await unpackChain(chain, parts), folder);
    const manifest = await Array.fromAsync(chain.at(-1)?.read('backup_manifest') ?? []);
    await writeFile(join(folder, 'backup_manifest'), Buffer.concat(manifest), { mode: 0o600 });
    await flushFolder(folder);
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw new StepFailure('Pointsman.NoParent', `${newest} at ${site.name} cannot carry a copy: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

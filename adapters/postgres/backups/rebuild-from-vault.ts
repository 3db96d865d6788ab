import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { type FolderBackup, flushFolder, unpackBackup } from '../replication/back-up-into-folder.ts';
import { baseBackup } from '../replication/base-backup.ts';
import { combineBackups } from '../replication/combine-backups.ts';
import { connectReplication, type ReplicationAddress } from '../replication/replication-connection.ts';
import { reasonOf } from '../vault/unusable.ts';
import type { BackupSite } from './backup-site.ts';
import { readChain } from './read-chain.ts';
import { unpackChain } from './restore-backup.ts';

/**
 * Copies a running server into `folder`: the newest backup of the vault, and over it what changed since, which the server
 * sends as an incremental backup. A promoted standby can do so for a backup of the primary it followed.
 * @throws StepFailure `Pointsman.NoParent` when there is no backup that can carry it
 */
export async function rebuildFromVault(
  site: BackupSite,
  leader: ReplicationAddress,
  folder: string,
): Promise<FolderBackup> {
  const newest = (await site.backups.list()).at(-1)?.backup.id;
  if (newest === undefined) throw new StepFailure('Pointsman.NoParent', `the vault of ${site.name} holds no backup`);
  const parts = `${folder}.parts`;
  await rm(parts, { recursive: true, force: true });
  const connection = await connectReplication(leader);
  try {
    const chain = await readChain(site.backups, newest);
    const priorManifest = Buffer.concat(await Array.fromAsync(chain.at(-1)?.read('backup_manifest') ?? []));
    const folders = await unpackChain(chain, parts);
    const changes = join(parts, 'changes');
    const places = await unpackBackup(changes, (open) =>
      baseBackup(connection, { label: `rebuild ${site.name}`, priorManifest, includeWal: true }, open),
    );
    await combineBackups([...folders, changes], folder);
    await flushFolder(folder);
    return places;
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw new StepFailure('Pointsman.NoParent', `${newest} at ${site.name} cannot carry a copy: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  } finally {
    await rm(parts, { recursive: true, force: true });
    await connection.end();
  }
}

import { join } from 'node:path';
import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { backupVault, type BackupVault } from '../../shared/vault/backup-vault.ts';
import { changeLog, type ChangeLog } from './change-log.ts';
import type { VaultOptions } from './options.ts';

/** The part of a stored backup that holds its RDB file. */
export const RDB = 'base.rdb';

/** A site's vault, opened. */
export interface SiteVault {
  readonly name: SiteName;
  readonly options: VaultOptions;
  readonly backups: BackupVault<{ readonly backup: Backup }>;
  readonly log: ChangeLog;
}

export const siteVault = (name: SiteName, options: VaultOptions): SiteVault => ({
  name,
  options,
  backups: backupVault(join(options.folder, 'backups'), options.key),
  log: changeLog(options),
});

/** @throws StepFailure `Pointsman.NoSuchBackup` naming those there are */
export async function backupIn({ name, backups }: SiteVault, id: string): Promise<Backup> {
  const found = await backups.find(id);
  if (found !== undefined) return found.backup;
  const known = (await backups.list()).map(({ backup }) => backup.id).join(', ');
  throw new StepFailure('Pointsman.NoSuchBackup', `there is no backup ${id} at ${name}; there are ${known || 'none'}`);
}

/** Stores an RDB file as a backup. `describe` gets the sealed bytes; of an id that exists meanwhile that one stays. */
export async function storeBackup(
  vault: SiteVault,
  id: string,
  rdb: AsyncIterable<Buffer>,
  describe: (bytes: number) => Backup,
): Promise<Backup> {
  const draft = await vault.backups.begin(id);
  try {
    const part = await draft.part(RDB);
    for await (const chunk of rdb) await part.write(chunk);
    await part.close();
    await draft.publish((bytes) => ({ backup: describe(bytes) }));
  } catch (error) {
    await draft.abandon();
    throw error;
  }
  return backupIn(vault, id);
}

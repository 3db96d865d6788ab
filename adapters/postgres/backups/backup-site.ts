import { join } from 'node:path';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { backupVault } from '../../shared/vault/backup-vault.ts';
import { walSpool } from '../spool/wal-spool.ts';
import type { BackupVault, OpenBackup, StoredBackup } from '../vault/backup-vault.ts';
import { walArchive } from '../vault/wal-archive.ts';
import { type LogSite, logSite, siteKey, siteOptions } from './log-site.ts';
import type { PostgresBackupOptions } from './options.ts';
import { readChain } from './read-chain.ts';

/** A site whose vault is our own, and whose server fills a spool. */
export interface BackupSite extends LogSite<OpenBackup> {
  readonly backups: BackupVault;
}

export function backupSite(options: PostgresBackupOptions, name: SiteName): BackupSite {
  const site = siteOptions(options, name);
  const key = () => siteKey(options, name);
  const backups = backupVault<StoredBackup>(join(site.vault, 'backups'), key);
  const archive = (lineage: string) => walArchive(join(site.vault, 'log', lineage), lineage, key);
  const turn = inTurn();
  const spool = walSpool(site.spool);
  const drain = () => turn(() => spool.drain(archive));
  const way = { backups, archive, drain, chain: (id: string) => readChain(backups, id) };
  return { ...logSite(options, name, way), backups };
}

import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import type * as vault from '../../shared/vault/backup-vault.ts';

/** What is known of a stored backup beside its bytes. */
export interface StoredBackup {
  readonly backup: Backup;
  /** What a server needs to be able to replay it: `max_connections` and the like, by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly segmentBytes: number;
}

export type OpenBackup = vault.OpenBackup<StoredBackup>;
export type BackupVault = vault.BackupVault<StoredBackup>;
export type UnfinishedBackup = vault.UnfinishedBackup<StoredBackup>;

import type { GroupName, SiteName } from './position.ts';

/** What was proven and decided about a backup; what it is stands with the backup itself. */
export interface BackupRecord {
  readonly group: GroupName;
  readonly id: string;
  /** Sites at which its bytes were read and found intact, and when, milliseconds since 1970. */
  readonly intactAt: Readonly<Record<SiteName, number>>;
  /** When it was last restored and found to hold what it should, milliseconds since 1970; null: never. */
  readonly lastVerifiedAt: number | null;
  /** Why it must be kept: `deploy of 2.0.0`; empty when nobody pinned it. */
  readonly pins: readonly string[];
  readonly legalHold: boolean;
}

export interface BackupCatalog {
  /** Of the group's backups that anything was recorded of, by id. */
  list(group: GroupName): Promise<readonly BackupRecord[]>;
  /** Adds to what is recorded; a backup without a record gets one. */
  note(group: GroupName, id: string, change: Partial<Omit<BackupRecord, 'group' | 'id'>>): Promise<BackupRecord>;
  /** Forgets a backup that was removed everywhere. Safe to repeat. */
  forget(group: GroupName, id: string): Promise<void>;
}

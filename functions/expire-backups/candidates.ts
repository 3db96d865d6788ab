import type { BackupRecord } from '../ports/recovery/backup-catalog.ts';
import type { Backup } from '../ports/recovery/backup-engine.ts';
import type { SiteName } from '../ports/recovery/position.ts';
import type { Candidate } from './retention.ts';

/** What each site's vault holds, oldest first. */
export type Vaults = ReadonlyMap<SiteName, readonly Backup[]>;

/** A backup is decided on once, wherever its copies lie. It is good when one of those that are there was found intact. Pure. */
export function candidatesOf(vaults: Vaults, records: readonly BackupRecord[]): readonly Candidate[] {
  const known = new Map(records.map((record) => [record.id, record]));
  const candidates = new Map<string, Candidate>();
  for (const [site, backups] of vaults)
    for (const { id, kind, parent, takenAt } of backups) {
      const record = known.get(id);
      candidates.set(id, {
        id,
        kind,
        parent,
        takenAt,
        isGood: candidates.get(id)?.isGood === true || record?.intactAt[site] !== undefined,
        lastVerifiedAt: record?.lastVerifiedAt ?? null,
        pins: record?.pins ?? [],
        legalHold: record?.legalHold ?? false,
      });
    }
  return [...candidates.values()];
}

import type { Backup, BackupEngine } from '../ports/recovery/backup-engine.ts';
import type { GroupName, SiteName } from '../ports/recovery/position.ts';
import type { Verdict } from './retention.ts';

export interface Removal {
  readonly id: string;
  readonly site: SiteName;
  /** In words. */
  readonly reason: string;
  /** When its lock ends, milliseconds since 1970; null of one that was removed. */
  readonly until: number | null;
}

interface Work {
  readonly backups: Pick<BackupEngine, 'remove'>;
  readonly group: GroupName;
  readonly site: SiteName;
  readonly there: readonly Backup[];
  /** Newest first. */
  readonly unwanted: readonly Verdict[];
}

/** Removes at one site what may go. What a locked one stands on waits with it. */
export async function removeAt({ backups, group, site, there, unwanted }: Work): Promise<readonly Removal[]> {
  const labels = new Map(there.map((backup) => [backup.id, backup]));
  const lockedBy = new Map<string, { readonly id: string; readonly until: number }>();
  const outcomes: Removal[] = [];
  for (const { id, reasons } of unwanted) {
    const label = labels.get(id);
    if (label === undefined) continue;
    const child = lockedBy.get(id);
    const until = child?.until ?? (await lockOf(label));
    if (until !== null && label.parent !== null) lockedBy.set(label.parent, { id, until });
    const words = child === undefined ? 'locked' : `${child.id}, which is locked, stands on it`;
    outcomes.push({ id, site, reason: until === null ? reasons.join('; ') : words, until });
  }
  return outcomes;

  /** Null when it is gone. */
  async function lockOf({ id, lockedUntil }: Backup): Promise<number | null> {
    return (await backups.remove(group, id, site)) === 'removed' ? null : (lockedUntil ?? Number.MAX_SAFE_INTEGER);
  }
}

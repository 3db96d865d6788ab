import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import type { Position, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Snapshot } from './database.ts';
import { stillWorking } from './faults.ts';
import type { RdsSite } from './rds-settings.ts';

/** The branch that a snapshot is of: of a copy, that of its original. */
export const branchIn = ({ marks, resourceId = '' }: Snapshot): string => marks.get('branch') ?? resourceId;

/** The moment that a snapshot holds, milliseconds since 1970; a copy's is its original's. */
export const momentIn = ({ marks, at }: Snapshot): number => Number(marks.get('taken-at') ?? at);

/** A snapshot that is done. @throws StepFailure `Pointsman.StillWorking`, `Pointsman.BackupUnusable` */
export function finished(snapshot: Snapshot, group: string, site: SiteName, original?: Snapshot): Backup {
  const { status, percent, identifier } = snapshot;
  if (status === 'available') return backupOf(snapshot, group, site, original);
  if (/^(creating|copying|backing-up|modifying)$/.test(status))
    throw stillWorking(`${identifier} is ${status}, ${percent} %`);
  throw new StepFailure('Pointsman.BackupUnusable', `${identifier} in ${site} is ${status}`);
}

/** A snapshot as a backup. */
export function backupOf(snapshot: Snapshot, group: string, site: SiteName, original = snapshot): Backup {
  const at: Position = { branch: branchIn(snapshot), offset: String(momentIn(original)) };
  return {
    id: snapshot.marks.get('backup') ?? snapshot.identifier,
    group,
    site,
    kind: 'full',
    parent: null,
    lineage: snapshot.marks.get('lineage') ?? branchIn(snapshot),
    from: at,
    to: at,
    takenAt: momentIn(original),
    bytes: snapshot.bytes,
    proof: null,
    lockedUntil: null,
  };
}

/** What is wrong with a snapshot as far as it shows. */
export function problemsOf(
  { status, identifier, kmsKey, at }: Snapshot,
  { kmsKey: wanted, region }: RdsSite,
): readonly string[] {
  return [
    ...(status === 'available' ? [] : [`${identifier} is ${status}`]),
    ...(at > 0 ? [] : [`${identifier} does not say which moment it holds`]),
    ...(kmsKey !== undefined && !kmsKey.includes(`:${region}:`)
      ? [`${identifier} is under ${kmsKey}, a key of another region`]
      : []),
    ...(kmsKey === undefined && wanted !== undefined
      ? [`${identifier} is not encrypted, and ${wanted} was given for it`]
      : []),
  ];
}

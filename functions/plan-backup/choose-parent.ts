import type { BackupRecord } from '../ports/recovery/backup-catalog.ts';
import type { Backup } from '../ports/recovery/backup-engine.ts';

interface Situation {
  readonly asked: 'auto' | 'full' | 'incremental' | 'archive';
  readonly fullEvery: number;
  readonly site: string;
  /** Of the primary now; undefined where it cannot be read. */
  readonly branch: string | undefined;
  readonly lineage: string | undefined;
  /** Backups at the site, oldest first. */
  readonly there: readonly Backup[];
  readonly records: readonly BackupRecord[];
}

interface Choice {
  readonly kind: 'full' | 'incremental';
  readonly parent: string | null;
  readonly why: string;
}

/**
 * What the next backup stands on. An incremental stands on the newest backup of the site, and only when that is known to be
 * good and of the branch that the primary is on: a chain is as good as its worst link. Pure.
 */
export function chooseParent({ asked, fullEvery, site, branch, lineage, there, records }: Situation): Choice {
  const full = (why: string): Choice => ({ kind: 'full', parent: null, why });
  if (asked === 'archive') return full('an archive stands on nothing');
  if (asked === 'full') return full('a full one was asked for');
  const newest = there.at(-1);
  if (newest === undefined) return full(`it is the first at ${site}`);
  if (asked === 'auto' && fullEvery === 1) return full('the plan wants every backup full');
  const record = records.find(({ id }) => id === newest.id);
  if (record?.intactAt[site] === undefined) return full(`the newest at ${site}, ${newest.id}, is not known to be good`);
  if (lineage !== undefined && newest.lineage !== lineage) return full('the newest is of another store');
  if (branch !== undefined && newest.to.branch !== branch) return full(`it is the first on branch ${branch}`);
  const length = lengthOf(newest, there);
  if (asked === 'auto' && length >= fullEvery) return full(`one in ${fullEvery} is full`);
  return { kind: 'incremental', parent: newest.id, why: `number ${length + 1} of its chain` };
}

/** Links of a chain, the full one counted. */
function lengthOf(backup: Backup, there: readonly Backup[]): number {
  const parent = there.find(({ id }) => id === backup.parent);
  return parent === undefined ? 1 : 1 + lengthOf(parent, there);
}

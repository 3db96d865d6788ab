import type { Retention } from '../ports/recovery/recovery-plans.ts';
import { type BucketKind, bucketsIn } from './buckets.ts';

/** What retention looks at of a backup, wherever it lies. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'full' | 'incremental';
  readonly parent: string | null;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** Whether its bytes were read and found whole, at any site. Only a good backup fills a place. */
  readonly isGood: boolean;
  /** When it was last restored and held what it should; null: never. */
  readonly lastVerifiedAt: number | null;
  readonly pins: readonly string[];
  readonly legalHold: boolean;
}

export interface Verdict {
  readonly id: string;
  readonly keep: boolean;
  /** Every rule that wants it, or why none does; in words. */
  readonly reasons: readonly string[];
}

export interface RetentionDecision {
  /** Oldest first. */
  readonly verdicts: readonly Verdict[];
  /**
   * From this backup on every moment stays restorable; the ones before it are kept for themselves, without the changes
   * between them. Null: leave the archived changes alone.
   */
  readonly replaySince: string | null;
  /** Why nothing is removed at all, in words; null when the rules decided. */
  readonly halted: string | null;
}

/**
 * Which backups a plan keeps: the union of what its rules want, and what those stand on. Pure.
 * The newest good backup, the last one that was proven, and the chains of both are kept under any plan. While the newest
 * backup is not known to be good, nothing is removed: what is old may be all there is.
 */
export function decideRetention(backups: readonly Candidate[], retention: Retention, now: number): RetentionDecision {
  const sorted = backups.toSorted((a, b) => a.takenAt - b.takenAt || (a.id < b.id ? -1 : 1));
  const halted = whyHalted(sorted);
  if (halted !== null)
    return { verdicts: sorted.map(({ id }) => ({ id, keep: true, reasons: [halted] })), replaySince: null, halted };

  const reasons = new Map<string, string[]>(sorted.map(({ id }) => [id, []]));
  const want = (id: string, reason: string) => void reasons.get(id)?.push(reason);
  const newestFirst = sorted.toReversed();
  const recent = wantRecent(newestFirst, retention, now, want);
  wantBuckets(newestFirst, retention, want);
  for (const { id, pins, legalHold } of sorted) {
    for (const pin of pins) want(id, `pinned: ${pin}`);
    if (legalHold) want(id, 'legal hold');
  }
  for (const { id, lastVerifiedAt } of lastProven(sorted))
    want(id, `last proven restorable, ${new Date(lastVerifiedAt ?? 0).toISOString()}`);
  wantChains(sorted, reasons);

  const verdicts = sorted.map(({ id }) => {
    const why = reasons.get(id) ?? [];
    return { id, keep: why.length > 0, reasons: why.length > 0 ? why : ['no rule wants it'] };
  });
  return { verdicts, replaySince: firstOfChain(sorted, recent), halted: null };
}

/** A backup that failed or was never looked at is no reason to trust that there is a newer one. */
function whyHalted(sorted: readonly Candidate[]): string | null {
  const newest = sorted.at(-1);
  const newestFull = sorted.findLast(({ kind }) => kind === 'full');
  const doubtful = [newest, newestFull].find((backup) => backup?.isGood === false);
  if (doubtful === undefined) return null;
  const which = doubtful === newest ? 'the newest backup' : 'the newest full backup';
  return `nothing is removed while ${which}, ${doubtful.id}, is not known to be good`;
}

/** Gives the oldest that must be restorable to any moment. */
function wantRecent(
  newestFirst: readonly Candidate[],
  { last, minimumAgeHours }: Retention,
  now: number,
  want: (id: string, reason: string) => void,
): Candidate | undefined {
  const places = Math.max(1, last);
  const newest = newestFirst.filter(({ isGood }) => isGood).slice(0, places);
  for (const { id } of newest)
    want(id, places === 1 ? 'the newest that is good' : `one of the newest ${places} that are good`);
  const young = newestFirst.filter(({ takenAt }) => takenAt > now - minimumAgeHours * 3_600_000);
  for (const { id } of young) want(id, `younger than ${minimumAgeHours} h`);
  return [...newest, ...young].toSorted((a, b) => a.takenAt - b.takenAt)[0];
}

/** Buckets that hold no good backup take no place: after a pause the old ones are still there. */
function wantBuckets(
  newestFirst: readonly Candidate[],
  retention: Retention,
  want: (id: string, reason: string) => void,
): void {
  const bucketsOf = bucketsIn(retention.timeZone);
  const good = newestFirst
    .filter(({ isGood }) => isGood)
    .map((backup) => ({ backup, buckets: bucketsOf(backup.takenAt) }));
  const kinds = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const satisfies readonly BucketKind[];
  for (const kind of kinds) {
    const newestIn = new Map<string, string>();
    for (const { backup, buckets } of good) if (!newestIn.has(buckets[kind])) newestIn.set(buckets[kind], backup.id);
    for (const [bucket, id] of [...newestIn].slice(0, retention[kind])) want(id, `newest of the ${bucket}`);
  }
}

/** The last one proven, and when its bytes were found damaged since, also the last one that is still good. */
function lastProven(sorted: readonly Candidate[]): readonly Candidate[] {
  const proven = sorted
    .filter(({ lastVerifiedAt }) => lastVerifiedAt !== null)
    .toSorted((a, b) => Number(b.lastVerifiedAt) - Number(a.lastVerifiedAt) || b.takenAt - a.takenAt);
  return proven
    .slice(
      0,
      1 +
        Math.max(
          0,
          proven.findIndex(({ isGood }) => isGood),
        ),
    )
    .filter(({ isGood }, i) => i === 0 || isGood);
}

/** What a kept backup stands on is kept. Newest first, so that a reason travels down the whole chain. */
function wantChains(sorted: readonly Candidate[], reasons: Map<string, string[]>): void {
  for (const { id, parent } of sorted.toReversed())
    if (parent !== null && reasons.get(id)?.length) reasons.get(parent)?.push(`${id} stands on it`);
}

function firstOfChain(sorted: readonly Candidate[], backup: Candidate | undefined): string | null {
  const parent = sorted.find(({ id }) => id === backup?.parent);
  return parent === undefined ? (backup?.id ?? null) : firstOfChain(sorted, parent);
}

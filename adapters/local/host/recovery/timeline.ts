import type { RecoveryRun, RunStamps } from '../../../../functions/ports/recovery/recovery-runs.ts';

/** A moment of a run. */
interface TimelinePoint {
  /** t0 … t6, as incident reports number them. */
  readonly number: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Since the first moment. */
  readonly afterMs: number;
  /** Since the moment before: where the time went. */
  readonly stepMs: number;
}

const moments: readonly (readonly [keyof RunStamps, string, string])[] = [
  ['lastGood', 't0', 'last good answer'],
  ['detected', 't1', 'detected'],
  ['approved', 't2', 'approved'],
  ['fenced', 't3', 'old side fenced'],
  ['promoted', 't4', 'new side promoted'],
  ['firstWrite', 't5', 'first write at the address'],
  ['settled', 't6', 'settled'],
];

/** The moments that a run reached, in the order in which they came. */
export function timelineOf({ stamps }: Pick<RecoveryRun, 'stamps'>): readonly TimelinePoint[] {
  const reached = moments
    .flatMap(([key, number, label]) => (stamps[key] === null ? [] : [{ number, label, at: stamps[key] }]))
    .toSorted((a, b) => a.at - b.at);
  const first = reached[0]?.at ?? 0;
  return reached.map((point, i) => ({
    ...point,
    afterMs: point.at - first,
    stepMs: point.at - (reached[i - 1]?.at ?? point.at),
  }));
}

/** Upper bounds in milliseconds, included; one more bucket without a bound follows. */
export const latencyBoundsMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
] as const;

/** A histogram in which nothing was counted yet. */
export const emptyLatency = (): number[] => Array.from({ length: latencyBoundsMs.length + 1 }, () => 0);

/** Counts one answer in place: this runs for every request. */
export function countLatency(counts: number[], milliseconds: number): void {
  let bucket = 0;
  while (bucket < latencyBoundsMs.length && milliseconds > latencyBoundsMs[bucket]!) bucket++;
  counts[bucket]!++;
}

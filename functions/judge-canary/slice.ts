import type { ReleaseCounters } from '../ports/traffic-router.ts';

/** Trials, and on how many of them something happened. */
export interface Rate {
  readonly trials: number;
  readonly hits: number;
}

/** One arm over one stretch of time. */
export interface ArmSlice {
  /** Requests that ended, and the errors. An abandoned request may have been about to fail or not: it is no trial. */
  readonly errors: Rate;
  /**
   * Requests that are known to be slow or not, and the slow. One is slow as soon as it has taken longer than the bound,
   * answered or not, and when its client gave up. The same rule for both arms, so clients who leave for reasons of
   * their own leave both alike, and cancel out of the comparison.
   */
  readonly slow: Rate;
  /** Requests that ended or were abandoned, and the abandoned. For people, and to hold back a verdict. */
  readonly abandoned: Rate;
}

/** What both arms did over the same stretch of time. */
export interface Slice {
  readonly seconds: number;
  readonly candidate: ArmSlice;
  readonly stable: ArmSlice;
  /** Errors of the stable arm's instances, split in two groups; null when it has one instance. */
  readonly halves: readonly [Rate, Rate] | null;
}

/** One reading of the router's counters, small enough to be kept in a machine variable until the next. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly candidate: ReleaseCounters | null;
  readonly stable: ReleaseCounters | null;
}

export const none: Rate = { trials: 0, hits: 0 };
export const emptyArm: ArmSlice = { errors: none, slow: none, abandoned: none };

export const plus = (a: Rate, b: Rate): Rate => ({ trials: a.trials + b.trials, hits: a.hits + b.hits });

export const plusArm = (a: ArmSlice, b: ArmSlice): ArmSlice => ({
  errors: plus(a.errors, b.errors),
  slow: plus(a.slow, b.slow),
  abandoned: plus(a.abandoned, b.abandoned),
});

/**
 * The difference of two readings; undefined when a counter went back, which means the router began to count anew.
 * @param slowAboveMs a request is slow when it takes longer; null while that is not known: then only the abandoned are
 */
export function sliceBetween(before: Reading, after: Reading, slowAboveMs: number | null): Slice | undefined {
  const candidate = armBetween(before.candidate, after.candidate, slowAboveMs);
  const stable = armBetween(before.stable, after.stable, slowAboveMs);
  if (!candidate || !stable) return undefined;
  const seconds = Math.max(0, (after.at - before.at) / 1000);
  return { seconds, candidate, stable, halves: halvesBetween(before.stable, after.stable) };
}

/** @returns the bound in milliseconds under which `quantile` of all answers stayed; null when no bound is that high */
export function quantileBoundMs(latency: ReleaseCounters['latency'], quantile: number): number | null {
  const wanted = quantile * latency.counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const index = latency.counts.findIndex((count) => (below += count) >= wanted);
  return latency.boundsMs[index] ?? null;
}

function armBetween(
  before: ReleaseCounters | null,
  after: ReleaseCounters | null,
  slowAboveMs: number | null,
): ArmSlice | undefined {
  const growth = (rate: (counted: ReleaseCounters) => Rate) =>
    grown(before ? rate(before) : none, after ? rate(after) : none);
  const errors = growth(errorRate);
  const slow = growth((counted) => slowRate(counted, slowAboveMs ?? Infinity));
  const abandoned = growth(abandonedRate);
  return errors && slow && abandoned && { errors, slow, abandoned };
}

type Counts = Pick<ReleaseCounters, 'requests' | 'errors' | 'abandoned' | 'inFlight'>;

const errorRate = ({ requests, errors, abandoned, inFlight }: Counts): Rate => ({
  trials: Math.max(requests - inFlight - abandoned, errors),
  hits: errors,
});

const abandonedRate = ({ requests, abandoned, inFlight }: Counts): Rate => ({
  trials: requests - inFlight,
  hits: abandoned,
});

/**
 * A request counts once and for good: in time when it ends in time; slow when it passes the bound, where it is first
 * found waiting and later among the ended or abandoned. So a release that hangs is slow before the first client gives up.
 */
function slowRate({ latency, abandoned }: ReleaseCounters, slowAboveMs: number): Rate {
  const { boundsMs, counts, waiting } = latency;
  const sumWhere = (buckets: readonly number[], isSlow: boolean) =>
    buckets.reduce((sum, count, i) => sum + ((boundsMs[i] ?? Infinity) > slowAboveMs === isSlow ? count : 0), 0);
  const hits = sumWhere(counts, true) + sumWhere(waiting, true) + abandoned;
  return { trials: sumWhere(counts, false) + hits, hits };
}

function grown(before: Rate, after: Rate): Rate | undefined {
  const hits = after.hits - before.hits;
  if (hits < 0 || after.trials < before.trials) return undefined;
  return { trials: Math.max(after.trials - before.trials, hits), hits };
}

/** Instances take turns, ordered by address, so that the groups stay the same from slice to slice. */
function halvesBetween(before: ReleaseCounters | null, after: ReleaseCounters | null): readonly [Rate, Rate] | null {
  const upstreams = (after?.upstreams ?? []).toSorted((a, b) => (a.url < b.url ? -1 : 1));
  if (upstreams.length < 2) return null;
  const groups: [Rate, Rate] = [none, none];
  for (const [i, upstream] of upstreams.entries()) {
    const earlier = before?.upstreams.find(({ url }) => url === upstream.url);
    const difference = grown(earlier ? errorRate(earlier) : none, errorRate(upstream)) ?? none;
    const half = i % 2 === 0 ? 0 : 1;
    groups[half] = plus(groups[half], difference);
  }
  return groups;
}

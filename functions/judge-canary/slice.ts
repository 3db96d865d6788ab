import type { ReleaseCounters } from '../ports/traffic-router.ts';

/** Trials and how many of them went wrong: requests and errors, or answers and slow answers. */
export interface Rate {
  readonly trials: number;
  readonly hits: number;
}

/** One arm over one stretch of time. */
export interface ArmSlice {
  readonly errors: Rate;
  readonly slow: Rate;
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

export const plus = (a: Rate, b: Rate): Rate => ({ trials: a.trials + b.trials, hits: a.hits + b.hits });

/**
 * The difference of two readings; undefined when a counter went back, which means the router began to count anew.
 * @param slowAboveMs an answer is slow when it took longer; null when slowness is not judged
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
  const errors = grown(before ? errorRate(before) : none, after ? errorRate(after) : none);
  const slow = grown(slowRate(before, slowAboveMs), slowRate(after, slowAboveMs));
  return errors && slow && { errors, slow };
}

/** Requests that are still open have no outcome yet, so they are no trials. */
const errorRate = (counted: { requests: number; inFlight: number; errors: number }): Rate => ({
  trials: Math.max(counted.requests - counted.inFlight, counted.errors),
  hits: counted.errors,
});

function slowRate(counters: ReleaseCounters | null, slowAboveMs: number | null): Rate {
  if (!counters || slowAboveMs === null) return none;
  const { boundsMs, counts } = counters.latency;
  const trials = counts.reduce((sum, count) => sum + count, 0);
  const inTime = counts.reduce((sum, count, i) => sum + ((boundsMs[i] ?? Infinity) <= slowAboveMs ? count : 0), 0);
  return { trials, hits: trials - inTime };
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

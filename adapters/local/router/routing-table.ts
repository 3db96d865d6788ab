import type { Arm, Route } from '../../../functions/ports/traffic-router.ts';
import { creditAfter, isCandidateTurn, wholeWeight } from './smooth-weight.ts';
import { newTally, upstreamOf, type ReleaseTally, type Upstream } from './upstream.ts';

/** The upstreams of one arm, taken in turns. */
interface ArmTable {
  readonly upstreams: readonly Upstream[];
  next: number;
}

/** A route made ready for the data path: choosing an upstream allocates nothing. */
export interface RoutingTable {
  readonly stable: ArmTable;
  readonly candidate: ArmTable;
  /** Hundredths of a percent. */
  readonly candidateWeight: number;
  credit: number;
}

/** Counts on with the `tallies` there are; new ones are added to them. */
export function routingTable(route: Route, tallies: Map<string, ReleaseTally>, credit: number): RoutingTable {
  return {
    stable: armTable(route.stable, tallies),
    candidate: armTable(route.candidate, tallies),
    candidateWeight: Math.round(route.candidatePercent * 100),
    credit,
  };
}

/** The upstream of the next request; undefined when nothing is served. `now` is `performance.now()`. */
export function pickUpstream(table: RoutingTable, now: number): Upstream | undefined {
  const isCandidate = isCandidateTurn(table.credit, table.candidateWeight);
  table.credit = creditAfter(table.credit, table.candidateWeight, isCandidate);
  const arm = isCandidate ? table.candidate : table.stable;
  // When every instance is ejected the next one is tried all the same: a dead release shows as errors of that release,
  // not as requests that silently went to the other arm.
  return nextOf(arm, now) ?? nextOf(arm, Infinity);
}

/**
 * Where to try again after `tried` could not be reached: the same arm, then the other one. An arm without a share
 * gets nothing, not even this: it is not verified yet, or was taken out on purpose.
 */
export function pickAnother(table: RoutingTable, tried: readonly Upstream[], now: number): Upstream | undefined {
  const shared = [
    ...(table.candidateWeight < wholeWeight ? [table.stable] : []),
    ...(table.candidateWeight > 0 ? [table.candidate] : []),
  ];
  const sameFirst = shared.sort((a, b) => Number(holdsAny(b, tried)) - Number(holdsAny(a, tried)));
  for (const arm of sameFirst) {
    const upstream = nextOf(arm, now, tried) ?? nextOf(arm, Infinity, tried);
    if (upstream) return upstream;
  }
  return undefined;
}

function armTable(arm: Arm | undefined, tallies: Map<string, ReleaseTally>): ArmTable {
  if (!arm) return { upstreams: [], next: 0 };
  const tally = tallies.get(arm.release) ?? newTally(arm.release);
  tallies.set(arm.release, tally);
  return { upstreams: arm.upstreams.map((url) => upstreamOf(tally, url)), next: 0 };
}

/** The next upstream in turn that is not ejected beyond `until` and was not tried yet. */
function nextOf(arm: ArmTable, until: number, tried?: readonly Upstream[]): Upstream | undefined {
  for (let left = arm.upstreams.length; left > 0; left--) {
    const upstream = arm.upstreams[arm.next];
    arm.next = (arm.next + 1) % arm.upstreams.length;
    if (upstream && upstream.ejectedUntil <= until && !tried?.includes(upstream)) return upstream;
  }
  return undefined;
}

const holdsAny = (arm: ArmTable, upstreams: readonly Upstream[]): boolean =>
  arm.upstreams.some((upstream) => upstreams.includes(upstream));

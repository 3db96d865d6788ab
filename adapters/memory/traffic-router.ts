import { keptCounters } from '../../functions/ports/kept-counters.ts';
import { changedRoute, unrouted } from '../../functions/ports/changed-route.ts';
import type { ReleaseCounters, Route, TrafficRouter } from '../../functions/ports/traffic-router.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/** A router without traffic: a test says what was counted, and when the router cannot be reached. */
export interface MemoryTrafficRouter extends TrafficRouter {
  /** What `counters` gives for the service from now on. */
  setCounters(service: string, counters: readonly ReleaseCounters[]): void;
  /** While false, every call fails with `Pointsman.RouterUnreachable`; true at first. */
  setReachable(reachable: boolean): void;
}

/** The test double of `TrafficRouter`. Routes live as long as it does. */
export function memoryTrafficRouter(): MemoryTrafficRouter {
  const routes = new Map<string, Route>();
  const counted = new Map<string, readonly ReleaseCounters[]>();
  let isReachable = true;

  const reach = () => {
    if (!isReachable)
      throw new StepFailure('Pointsman.RouterUnreachable', 'the router was made unreachable by the test');
  };

  return {
    async observe(service) {
      reach();
      return routes.get(service) ?? unrouted(service);
    },
    async change(service, expectedVersion, epoch, change) {
      reach();
      const decision = changedRoute(routes.get(service) ?? unrouted(service), expectedVersion, epoch, change);
      if (decision.kind === 'refused') throw new StepFailure(decision.name, decision.message);
      routes.set(service, decision.route);
      return decision.route;
    },
    async counters(service) {
      reach();
      return keptCounters(counted.get(service) ?? [], routes.get(service) ?? unrouted(service));
    },
    setCounters: (service, counters) => void counted.set(service, counters),
    setReachable: (reachable) => void (isReachable = reachable),
  };
}

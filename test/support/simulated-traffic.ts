import type { MemoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import type { Arm, ReleaseCounters } from '../../functions/ports/traffic-router.ts';

/** How a release answers: the share of its requests that fail, and the milliseconds that the others take. */
export interface Behaviour {
  readonly errorRate: number;
  readonly latencyMs: number;
}

const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1000];

interface Counted {
  requests: number;
  errors: number;
  readonly counts: number[];
  readonly upstreams: Map<string, { requests: number; errors: number }>;
}

/** A memory router under steady load: as time passes, each arm is counted its share of the requests, to the digit. */
export function simulatedTraffic(memory: MemoryTrafficRouter, service: string, perSecond: number, now: () => number) {
  const behaviours = new Map<string, Behaviour>();
  const counted = new Map<string, Counted>();
  /** Share of the candidate each time it changed. */
  const shares: number[] = [];
  let countedTo = now();

  async function count(): Promise<void> {
    const route = await memory.observe(service);
    const requests = ((now() - countedTo) / 1000) * perSecond;
    countedTo = now();
    serve(route.candidate, (requests * route.candidatePercent) / 100);
    serve(route.stable, (requests * (100 - route.candidatePercent)) / 100);
    memory.setCounters(
      service,
      [...counted].map(([release, counters]) => countersOf(release, counters)),
    );
  }

  function serve(arm: Arm | undefined, requests: number): void {
    if (!arm || requests === 0) return;
    const { errorRate, latencyMs } = behaviours.get(arm.release) ?? { errorRate: 0, latencyMs: 4 };
    const known = counted.get(arm.release) ?? {
      requests: 0,
      errors: 0,
      counts: Array(9).fill(0),
      upstreams: new Map(),
    };
    counted.set(arm.release, known);
    known.requests += requests;
    known.errors += requests * errorRate;
    const bucket = boundsMs.findIndex((bound) => latencyMs <= bound);
    known.counts[bucket === -1 ? boundsMs.length : bucket] = (known.counts[bucket] ?? 0) + requests;
    for (const url of arm.upstreams) {
      const upstream = known.upstreams.get(url) ?? { requests: 0, errors: 0 };
      upstream.requests += requests / arm.upstreams.length;
      upstream.errors += (requests * errorRate) / arm.upstreams.length;
      known.upstreams.set(url, upstream);
    }
  }

  const router: MemoryTrafficRouter = {
    ...memory,
    async change(name, version, epoch, change) {
      await count();
      const before = await memory.observe(name);
      const route = await memory.change(name, version, epoch, change);
      if (route.candidatePercent !== before.candidatePercent) shares.push(route.candidatePercent);
      return route;
    },
    async counters(name) {
      await count();
      return memory.counters(name);
    },
  };
  return {
    router,
    shares,
    behave: (release: string, behaviour: Partial<Behaviour>) =>
      void behaviours.set(release, { errorRate: 0, latencyMs: 4, ...behaviour }),
    /** Requests that failed so far. */
    failed: () => [...counted.values()].reduce((sum, { errors }) => sum + Math.floor(errors), 0),
  };
}

const countersOf = (release: string, { requests, errors, counts, upstreams }: Counted): ReleaseCounters => ({
  release,
  requests: Math.floor(requests),
  errors: Math.floor(errors),
  inFlight: 0,
  latency: { boundsMs, counts: counts.map(Math.floor) },
  upstreams: [...upstreams].map(([url, each]) => ({
    url,
    requests: Math.floor(each.requests),
    errors: Math.floor(each.errors),
    inFlight: 0,
  })),
});

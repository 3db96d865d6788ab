import type { MemoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import type { Arm, ReleaseCounters } from '../../functions/ports/traffic-router.ts';

/** How a release answers. */
interface Behaviour {
  /** Share of its requests that fail. */
  readonly errorRate: number;
  /** What the others take. */
  readonly latencyMs: number;
  /** Share of its requests that it never answers; the others behave as above. */
  readonly hangRate: number;
}

const good: Behaviour = { errorRate: 0, latencyMs: 4, hangRate: 0 };
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1000, 5000];
const bucketOf = (ms: number) => boundsMs.concat(Infinity).findIndex((bound) => ms <= bound);

interface Counted {
  requests: number;
  errors: number;
  abandoned: number;
  readonly counts: number[];
  readonly upstreams: Map<string, { requests: number; errors: number }>;
  /** Requests that hang, by when they came. */
  hanging: { readonly since: number; readonly requests: number }[];
}

/**
 * A memory router under steady load: as time passes, each arm is counted its share of the requests, to the digit.
 * Clients give up on a request that hangs after `patienceMs`.
 */
export function simulatedTraffic(
  memory: MemoryTrafficRouter,
  service: string,
  perSecond: number,
  now: () => number,
  patienceMs = 3000,
) {
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
    for (const known of counted.values()) giveUp(known);
    memory.setCounters(
      service,
      [...counted].map(([release, counters]) => countersOf(release, counters, now())),
    );
  }

  function serve(arm: Arm | undefined, requests: number): void {
    if (!arm || requests === 0) return;
    const { errorRate, latencyMs, hangRate } = behaviours.get(arm.release) ?? good;
    const known = counted.get(arm.release) ?? newlyCounted();
    counted.set(arm.release, known);
    const ended = requests * (1 - hangRate);
    known.requests += requests;
    known.errors += ended * errorRate;
    known.counts[bucketOf(latencyMs)]! += ended;
    if (hangRate > 0) known.hanging.push({ since: now(), requests: requests * hangRate });
    for (const url of arm.upstreams) {
      const upstream = known.upstreams.get(url) ?? { requests: 0, errors: 0 };
      upstream.requests += ended / arm.upstreams.length;
      upstream.errors += (ended * errorRate) / arm.upstreams.length;
      known.upstreams.set(url, upstream);
    }
  }

  function giveUp(known: Counted): void {
    const isPatient = ({ since }: { since: number }) => now() - since < patienceMs;
    for (const { requests } of known.hanging.filter((each) => !isPatient(each))) known.abandoned += requests;
    known.hanging = known.hanging.filter(isPatient);
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
    behave: (release: string, behaviour: Partial<Behaviour>) => void behaviours.set(release, { ...good, ...behaviour }),
    /** Requests that failed so far. */
    failed: () => [...counted.values()].reduce((sum, { errors }) => sum + Math.floor(errors), 0),
    /** Requests that were sent to a release so far. */
    sentTo: (release: string) => Math.floor(counted.get(release)?.requests ?? 0),
  };
}

const newlyCounted = (): Counted => ({
  requests: 0,
  errors: 0,
  abandoned: 0,
  counts: boundsMs.concat(Infinity).map(() => 0),
  upstreams: new Map(),
  hanging: [],
});

function countersOf(release: string, known: Counted, now: number): ReleaseCounters {
  const waiting = known.counts.map((_count, bucket) =>
    known.hanging.reduce((sum, { since, requests }) => sum + (bucketOf(now - since) === bucket ? requests : 0), 0),
  );
  return {
    release,
    requests: Math.floor(known.requests),
    errors: Math.floor(known.errors),
    abandoned: Math.floor(known.abandoned),
    inFlight: Math.floor(waiting.reduce((sum, count) => sum + count, 0)),
    latency: { boundsMs, counts: known.counts.map(Math.floor), waiting: waiting.map(Math.floor) },
    upstreams: [...known.upstreams].map(([url, each]) => ({
      url,
      requests: Math.floor(each.requests),
      errors: Math.floor(each.errors),
      abandoned: 0,
      inFlight: 0,
    })),
  };
}

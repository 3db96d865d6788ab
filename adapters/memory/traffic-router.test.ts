import { describe, expect, it } from 'vitest';
import type { ReleaseCounters } from '../../functions/ports/traffic-router.ts';
import { trafficRouterContract } from '../../test/contracts/traffic-router.ts';
import { memoryTrafficRouter } from './traffic-router.ts';

trafficRouterContract({
  name: 'memoryTrafficRouter',
  setup: async () => {
    const router = memoryTrafficRouter();
    return { router, makeUnreachable: () => router.setReachable(false) };
  },
  teardown: async () => {},
  withoutTraffic: 'the memory router has no data path; a test sets its counters',
});

describe('memoryTrafficRouter', () => {
  it('gives the counters a test has set', async () => {
    const router = memoryTrafficRouter();
    const counters: ReleaseCounters = {
      release: `sha256:${'a'.repeat(64)}`,
      requests: 10,
      errors: 1,
      abandoned: 0,
      inFlight: 0,
      latency: { boundsMs: [100], counts: [9, 1], waiting: [0, 0] },
      upstreams: [],
    };

    router.setCounters('web', [counters]);

    expect(await router.counters('web')).toEqual([counters]);
  });
});

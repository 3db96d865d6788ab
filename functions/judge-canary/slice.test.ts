import { describe, expect, it } from 'vitest';
import type { ReleaseCounters } from '../ports/traffic-router.ts';
import { sliceBetween, type Reading } from './slice.ts';

const nothing: ReleaseCounters = {
  release: 'sha256:1',
  requests: 0,
  errors: 0,
  abandoned: 0,
  inFlight: 0,
  latency: { boundsMs: [10, 100], counts: [0, 0, 0], waiting: [0, 0, 0] },
  upstreams: [],
};

const counted = (more: Partial<ReleaseCounters>, counts: number[], waiting = [0, 0, 0]): ReleaseCounters => ({
  ...nothing,
  ...more,
  latency: { boundsMs: [10, 100], counts, waiting },
});

const reading = (candidate: ReleaseCounters): Reading => ({ at: 0, candidate, stable: nothing });
const between = (before: ReleaseCounters, after: ReleaseCounters, slowAboveMs: number | null = 100) =>
  sliceBetween(reading(before), reading(after), slowAboveMs)?.candidate;

describe('sliceBetween', () => {
  it('counts neither what is in flight nor what was abandoned as a trial of errors', () => {
    const after = counted({ requests: 20, errors: 2, abandoned: 7, inFlight: 3 }, [10, 0, 0], [3, 0, 0]);

    expect(between(nothing, after)?.errors).toEqual({ trials: 10, hits: 2 });
  });

  it('counts what took too long, still takes too long, or was abandoned as slow', () => {
    const after = counted({ requests: 20, abandoned: 4, inFlight: 6 }, [7, 1, 2], [1, 2, 3]);

    expect(between(nothing, after)).toMatchObject({
      slow: { trials: 17, hits: 9 },
      abandoned: { trials: 14, hits: 4 },
    });
  });

  it.each([
    ['abandoned', counted({ requests: 5, abandoned: 5 }, [0, 0, 0])],
    ['answered late', counted({ requests: 5 }, [0, 0, 5])],
    ['failed late', counted({ requests: 5, errors: 5 }, [0, 0, 5])],
  ])('counts a request found waiting too long once, when it is %s afterwards', (_what, after) => {
    const before = counted({ requests: 5, inFlight: 5 }, [0, 0, 0], [0, 0, 5]);

    expect(between(nothing, before)?.slow).toEqual({ trials: 5, hits: 5 });
    expect(between(before, after)?.slow).toEqual({ trials: 0, hits: 0 });
  });

  it('counts only the abandoned as slow while nobody knows what is slow', () => {
    const after = counted({ requests: 9, abandoned: 2, inFlight: 3 }, [0, 0, 4], [0, 0, 3]);

    expect(between(nothing, after, null)?.slow).toEqual({ trials: 6, hits: 2 });
  });

  it('is none when the router began to count anew', () => {
    expect(between(counted({ requests: 9 }, [9, 0, 0]), counted({ requests: 2 }, [2, 0, 0]))).toBeUndefined();
  });
});

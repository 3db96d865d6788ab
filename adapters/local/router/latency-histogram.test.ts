import { describe, expect, it } from 'vitest';
import { countLatency, emptyLatency, latencyBoundsMs } from './latency-histogram.ts';

describe('latency histogram', () => {
  it('has ascending bounds and one bucket more than bounds', () => {
    expect(latencyBoundsMs).toEqual([...latencyBoundsMs].sort((a, b) => a - b));
    expect(emptyLatency()).toHaveLength(latencyBoundsMs.length + 1);
  });

  it.each([
    [0, 0],
    [1, 0],
    [1.01, 1],
    [10, 3],
    [10.5, 4],
    [60_000, 14],
    [60_001, 15],
  ])('counts %d ms in bucket %i', (milliseconds, bucket) => {
    const counts = emptyLatency();

    countLatency(counts, milliseconds);

    expect(counts.indexOf(1)).toBe(bucket);
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
  });
});

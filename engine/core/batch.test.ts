import { describe, expect, it } from 'vitest';
import { nextBatch } from './batch.ts';
import type { BatchLimits } from './map-run.ts';

const items = ['a', 'bb', 'ccc', 'dddd'];
const batch = (limits: Partial<BatchLimits>, next = 0) =>
  nextBatch(
    { maxItems: undefined, maxBytes: undefined, input: undefined, ...limits },
    { next, total: items.length, itemAt: (index) => items[index] ?? null },
  );

describe('nextBatch', () => {
  it('takes as many items as it may, and what is left at the end', () => {
    expect(batch({ maxItems: 3 })).toEqual({ input: { Items: ['a', 'bb', 'ccc'] }, items: 3 });
    expect(batch({ maxItems: 3 }, 3)).toEqual({ input: { Items: ['dddd'] }, items: 1 });
    expect(batch({}).items).toBe(4);
  });

  it('takes as many as its bytes hold, with all that stands around them', () => {
    const bytes = Buffer.byteLength('{"Items":["a","bb"]}');

    expect(batch({ maxBytes: bytes }).items).toBe(2);
    expect(batch({ maxBytes: bytes - 1 }).items).toBe(1);
    expect(batch({ maxBytes: bytes, input: 'x' }).items).toBe(1);
  });

  it.each([undefined, 1_000_000])('takes no more than an input may hold when %j bytes are asked for', (maxBytes) => {
    const limits = { maxItems: undefined, maxBytes, input: undefined };
    const large = { next: 0, total: 3, itemAt: () => 'x'.repeat(100_000) };

    expect(nextBatch(limits, large).items).toBe(2);
  });

  it('takes one at least, for there would never be a smaller batch', () => {
    expect(batch({ maxBytes: 1 }).items).toBe(1);
  });

  it('has what is common before the items', () => {
    expect(JSON.stringify(batch({ maxItems: 1, input: { by: 'me' } }).input)).toBe(
      '{"BatchInput":{"by":"me"},"Items":["a"]}',
    );
  });
});

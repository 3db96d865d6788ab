import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, type Json, jsonBytes, shownJson } from './json.ts';

const nested = (levels: number): Json => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('excess', () => {
  it('agrees with the length of the text, for any value and any limit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat({ max: 400 }), (value, limit) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        expect(excess(json, limit)).toBe(jsonBytes(json) > limit ? 'size' : undefined);
      }),
    );
  });

  it('finds a text of just the limit within it, and one byte more beyond', () => {
    expect(excess('é'.repeat(99), 200)).toBeUndefined();
    expect(excess(`${'é'.repeat(99)}x`, 200)).toBe('size');
    expect(excess('\u0001'.repeat(99), 595)).toBe('size');
  });

  it('allows 1,000 levels', () => {
    expect(excess(nested(1000), 10_000)).toBeUndefined();
    expect(excess(nested(1001), 10_000)).toBe('depth');
    expect(excess(nested(100_000), 1_000_000)).toBe('depth');
  });

  it('stops looking at a value whose text would never end', () => {
    let value: Json = 'x';
    for (let doubled = 0; doubled < 100; doubled++) value = [value, value];
    expect(excess(value, 262_144)).toBe('size');
    expect(shownJson(value)).toBe('a value of more than 262144 bytes');
  });
});

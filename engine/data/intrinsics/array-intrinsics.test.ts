import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { arrayIntrinsics } from './array-intrinsics.ts';

const call = (name: string, ...args: Json[]) => arrayIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.ArrayPartition', () => {
  it('makes chunks, the last one shorter', () => {
    expect(call('ArrayPartition', [0, 1, 2], 2)).toEqual([[0, 1], [2]]);
  });

  it('refuses chunks of nothing', () => {
    expect(() => call('ArrayPartition', [1], 0)).toThrow('the size of a chunk must be a positive number, but was 0');
  });
});

describe('States.ArrayContains', () => {
  it('compares as JSON', () => {
    expect(call('ArrayContains', [{ a: 1, b: [] }], { b: [], a: 1 })).toBe(true);
  });
});

describe('States.ArrayRange', () => {
  it.each<[number, number, number, Json]>([
    [1, 9, 2, [1, 3, 5, 7, 9]],
    [1, 9, 9, [1]],
    [5, 1, -2, [5, 3, 1]],
    [5, 1, 2, []],
  ])('counts from %i to %i by %i', (first, last, step, numbers) => {
    expect(call('ArrayRange', first, last, step)).toEqual(numbers);
  });

  it('makes at most 1,000 numbers', () => {
    expect(() => call('ArrayRange', 0, 1000, 1)).toThrow('The range has 1001 numbers, at most 1000 can be made');
  });

  it('refuses a step of 0', () => {
    expect(() => call('ArrayRange', 0, 1, 0)).toThrow('the step of a range cannot be 0');
  });
});

describe('States.ArrayGetItem', () => {
  it('counts from 0', () => {
    expect(call('ArrayGetItem', ['a', null], 1)).toBe(null);
  });

  it.each([2, -1])('refuses the index %i of two items', (index) => {
    expect(() => call('ArrayGetItem', ['a', 'b'], index)).toThrow(
      `The index ${index} is outside of the array, which has 2 items`,
    );
  });
});

describe('States.ArrayUnique', () => {
  it('keeps the first of equal items', () => {
    expect(call('ArrayUnique', [2, 1, 2, '2', { a: 1, b: 2 }, { b: 2, a: 1 }])).toEqual([2, 1, '2', { a: 1, b: 2 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { arrayIntrinsics } from './array-intrinsics.ts';
import { InvalidArguments } from './intrinsic.ts';

const call = (name: string, ...args: Json[]) => arrayIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.ArrayPartition', () => {
  it('makes chunks, the last one shorter', () => {
    expect(call('ArrayPartition', [0, 1, 2], 2)).toEqual([[0, 1], [2]]);
  });

  it('cuts off the fraction of the size', () => {
    expect(call('ArrayPartition', [1, 2, 3], 2.6)).toEqual([[1, 2], [3]]);
  });

  it.each([0, 0.6, -1])('refuses chunks of %f', (size) => {
    expect(() => call('ArrayPartition', [1], size)).toThrow(InvalidArguments);
  });
});

describe('States.ArrayContains', () => {
  it.each<[Json, Json, boolean]>([
    [{ a: 1, b: [] }, { a: 1, b: [] }, true],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, false],
    [true, 'true', true],
    [1, '1', true],
    [null, 'null', true],
    ['a', 'A', false],
  ])('compares %j and %j as Java prints them: %j', (item, wanted, isFound) => {
    expect(call('ArrayContains', [item], wanted)).toBe(isFound);
  });
});

describe('States.ArrayRange', () => {
  it.each<[number, number, number, Json]>([
    [1, 9, 2, [1, 3, 5, 7, 9]],
    [1, 9, 9, [1]],
    [5, 1, -2, [5, 3, 1]],
    [5, 1, 2, []],
    [5.4, -0.6, -2.4, [5, 3, 1]],
  ])('counts from %f to %f by %f', (first, last, step, numbers) => {
    expect(call('ArrayRange', first, last, step)).toEqual(numbers);
  });

  it('makes at most 1,000 numbers', () => {
    expect(() => call('ArrayRange', 0, 1000, 1)).toThrow(InvalidArguments);
  });

  it.each([0, 0.9])('refuses a step of %f', (step) => {
    expect(() => call('ArrayRange', 0, 1, step)).toThrow(InvalidArguments);
  });
});

describe('States.ArrayGetItem', () => {
  it('counts from 0', () => {
    expect(call('ArrayGetItem', ['a', null], 1)).toBe(null);
  });

  it('cuts off the fraction of the index', () => {
    expect(call('ArrayGetItem', [10, 20, 30], 1.9)).toBe(20);
  });

  it('finds null anywhere in an empty array', () => {
    expect(call('ArrayGetItem', [], 999)).toBe(null);
  });

  it.each([2, -1])('refuses the index %i of two items', (index) => {
    expect(() => call('ArrayGetItem', ['a', 'b'], index)).toThrow(InvalidArguments);
  });
});

describe('States.ArrayUnique', () => {
  it.each<[Json[], Json[]]>([
    [
      [true, false, true, false],
      [false, true],
    ],
    [
      [null, null, 1, null],
      [null, 1],
    ],
    [
      [
        [1, 2],
        [1, 2],
        [2, 1],
      ],
      [
        [2, 1],
        [1, 2],
      ],
    ],
    [
      [1, '1', 1, '01'],
      [1, '1', '01'],
    ],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [{ a: 1, b: 2 }],
    ],
  ])('gives %j once each, in the order recorded on AWS: %j', (items, unique) => {
    expect(call('ArrayUnique', items)).toEqual(unique);
  });
});

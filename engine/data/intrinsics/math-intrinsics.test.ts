import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { InvalidArguments } from './intrinsic.ts';
import { mathIntrinsics } from './math-intrinsics.ts';

const call = (name: string, ...args: Json[]) => mathIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.MathAdd', () => {
  it.each([
    [1.49, 1.5, 3],
    [-0.5, 0.5, 1],
    [-1.5, 0, -1],
    [-3.5, 0, -3],
    [1.49, -1.49, 0],
  ])('rounds %f and %f before it adds them, as recorded on AWS', (a, b, sum) => {
    expect(call('MathAdd', a, b)).toBe(sum);
  });

  it('refuses a sum beyond 32 bits', () => {
    expect(() => call('MathAdd', 2_147_483_647, 1)).toThrow(InvalidArguments);
  });
});

describe('States.MathRandom', () => {
  it('draws from the randomness of the step', () => {
    expect(call('MathRandom', 10, 20)).toBe(12);
  });

  it('gives the number of java.util.Random for a seed', () => {
    expect(call('MathRandom', 10, 20, 42)).toBe(10);
  });

  it.each([
    [3, 3],
    [1.4, 1.6],
  ])('refuses the empty range from %f to %f, whose fractions are cut off', (start, end) => {
    expect(() => call('MathRandom', start, end)).toThrow(InvalidArguments);
  });
});

import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
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
    expect(() => call('MathAdd', 2_147_483_647, 1)).toThrow('numbers must lie between -2147483648 and 2147483647');
  });
});

describe('States.MathRandom', () => {
  it('draws from the randomness of the step', () => {
    expect(call('MathRandom', 10, 20)).toBe(12);
  });

  it('gives the number of java.util.Random for a seed', () => {
    expect(call('MathRandom', 10, 20, 42)).toBe(10);
  });

  it('refuses an empty range', () => {
    expect(() => call('MathRandom', 3, 3)).toThrow('the end 3 of the range must be greater than its start 3');
  });
});

import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { javaSet } from './java-set.ts';

describe('javaSet', () => {
  it.each<[string, Json[], Json[]]>([
    ['texts by their hash', ['b', 'a', 'Aa', 'BB'], ['Aa', 'BB', 'a', 'b']],
    ['small numbers in order', [7, 3, 5], [3, 5, 7]],
    ['numbers beyond 32 bits and fractions by both their halves', [4_294_967_297, 0.5], [4_294_967_297, 0.5]],
    ['maps by their members', [{ b: 1 }, { a: 2 }], [{ b: 1 }, { a: 2 }]],
  ])('orders %s', (_, values, ordered) => {
    expect(javaSet(values)).toEqual(ordered);
  });

  it('grows its table when it is three quarters full', () => {
    const numbers = Array.from({ length: 13 }, (_, at) => at + 10);
    expect(javaSet(numbers.slice(0, 12))[0]).toBe(16); // of 16 places
    expect(javaSet(numbers)).toEqual(numbers); // of 32
  });
});

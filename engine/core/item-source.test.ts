import { expect, it } from 'vitest';
import { sourceOf } from './item-source.ts';

it('an item is from the last source that begins before it', () => {
  const sources = [
    { from: 0, source: 'a' },
    { from: 2, source: 'b' },
    { from: 3, source: 'c' },
  ];

  expect([0, 1, 2, 3, 9].map((index) => sourceOf(sources, index))).toEqual(['a', 'a', 'b', 'c', 'c']);
  expect(sourceOf([], 0)).toBeUndefined();
});

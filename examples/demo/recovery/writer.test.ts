import { expect, it } from 'vitest';
import { longestGapMs } from './writer.ts';

const acks = [0, 10, 500, 510, 2000].map((at, key) => ({ key, at }));

it.each([
  [20, 30, 490],
  [505, 508, 10],
  [0, 600, 1490],
  [3000, 4000, 0],
])('the longest silence that touches %i to %i ms lasted %i ms', (from, to, expected) => {
  expect(longestGapMs(acks, from, to)).toBe(expected);
});

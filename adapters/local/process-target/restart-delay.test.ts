import { describe, expect, it } from 'vitest';
import { exitsInARow, restartDelayMs } from './restart-delay.ts';

describe('restartDelayMs', () => {
  it('is nothing after one exit, then grows to a minute', () => {
    expect([1, 2, 3, 4, 9, 50].map(restartDelayMs)).toEqual([0, 1000, 2000, 4000, 60_000, 60_000]);
  });
});

describe('exitsInARow', () => {
  it('counts an instance that ran over a minute as the first to exit', () => {
    expect(exitsInARow(2, 1000)).toBe(3);
    expect(exitsInARow(2, 60_001)).toBe(1);
  });
});

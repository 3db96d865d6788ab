import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditAfter, isCandidateTurn, wholeWeight } from './smooth-weight.ts';

describe('smooth weights', () => {
  it('gives the candidate exactly 10 of any 100 requests at 10 %', () => {
    const turns = take(1_000, 1_000);

    for (let start = 0; start + 100 <= turns.length; start++)
      expect(candidates(turns.slice(start, start + 100))).toBe(10);
  });

  it('gives the candidate exactly 1 of 10,000 requests at 0.01 %', () => {
    expect(candidates(take(10_000, 1))).toBe(1);
  });

  it('spreads the turns evenly', () => {
    const turns = take(10, 2_000).map((turn) => (turn ? 'candidate' : '-'));

    expect(turns).toEqual(['-', '-', 'candidate', '-', '-', '-', '-', 'candidate', '-', '-']);
  });

  it('begins with the stable arm at 50 %', () => {
    expect(take(4, 5_000)).toEqual([false, true, false, true]);
  });

  it.each([
    [0, 0],
    [wholeWeight, 100],
  ])('with weight %i gives the candidate %i of 100, whatever the credit', (weight, expected) => {
    for (const credit of [-4_999, 0, 5_000]) expect(candidates(take(100, weight, credit))).toBe(expected);
  });

  it('gives any weight its exact share of 10,000 from any credit, and leaves the credit as it was', () => {
    assert(
      property(integer({ min: 0, max: wholeWeight }), integer({ min: -4_999, max: 5_000 }), (weight, credit) => {
        let left = credit;
        let count = 0;
        for (let i = 0; i < wholeWeight; i++) {
          const turn = isCandidateTurn(left, weight);
          left = creditAfter(left, weight, turn);
          if (turn) count++;
        }
        expect([count, left]).toEqual([weight, credit]);
      }),
      { numRuns: 50 },
    );
  });
});

function take(requests: number, weight: number, credit = 0): boolean[] {
  let left = credit;
  return Array.from({ length: requests }, () => {
    const turn = isCandidateTurn(left, weight);
    left = creditAfter(left, weight, turn);
    return turn;
  });
}

const candidates = (turns: readonly boolean[]) => turns.filter(Boolean).length;

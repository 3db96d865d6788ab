import { describe, expect, it } from 'vitest';
import { played, tallies } from './sample-run.ts';
import { deadline, sparkline, weightPath, weightsBySecond } from './weights.ts';

const act = played[1];
if (act === undefined) throw new Error('the sample has two acts');
const weights = weightsBySecond(act, act.samples, tallies);

describe('weightsBySecond', () => {
  it('takes what the router said, and the answers of the seconds in which nobody could ask it', () => {
    expect(weights).toEqual([
      { second: 0, percent: 0, from: 'router' },
      { second: 1, percent: 10, from: 'router' },
      { second: 2, percent: 50, from: 'router' },
      { second: 3, percent: 50, from: 'answers' },
      { second: 4, percent: 50, from: 'answers' },
      { second: 5, percent: 100, from: 'router' },
    ]);
  });
});

describe('sparkline', () => {
  it('is a block for each second, with crosses below where the host was dead', () => {
    expect([sparkline(weights, 10), deadline(weights, 10)]).toEqual(['·▁▄▄▄█', '   ××']);
  });

  it('leaves out seconds that do not fit', () => {
    expect(sparkline(weights, 3)).toBe('·▄▄');
  });
});

describe('weightPath', () => {
  it('names each weight once for as long as it lasts', () => {
    expect(weightPath(weights)).toBe('0 → 10 → 50 → 100 %');
  });
});

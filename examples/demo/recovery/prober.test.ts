import { expect, it } from 'vitest';
import { tooLate } from './prober.ts';

const taken = (site: string, branch: number, from: number) => ({ site, branch, from, to: from + 1 });

it('nothing is too late while one site after the other takes writes, each on a newer branch', () => {
  expect(tooLate([taken('north', 1, 0), taken('north', 1, 10), taken('south', 2, 20), taken('north', 3, 30)])).toEqual(
    [],
  );
});

it('a write is too late that a site takes when another has taken one on a newer branch', () => {
  const late = taken('north', 1, 30);

  expect(tooLate([taken('north', 1, 0), taken('south', 2, 20), late])).toEqual([late]);
});

it('a write is too late on a branch that is another site’s', () => {
  const late = taken('south', 1, 5);

  expect(tooLate([taken('north', 1, 0), late])).toEqual([late]);
});

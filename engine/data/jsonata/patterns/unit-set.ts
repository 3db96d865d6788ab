import { JsonataFailure } from '../failure.ts';
import { canonical, type Range } from './pattern-syntax.ts';

/** A set of UTF-16 units. */
export interface UnitSet {
  has(unit: number): boolean;
}

/** @param ranges in any order, overlapping or not */
export function unitSet(ranges: readonly Range[], negated: boolean, ignoreCase: boolean): UnitSet {
  const members = merged(ignoreCase ? ranges.flatMap(canonicalRanges) : ranges);
  const small = Array.from(
    { length: 128 },
    (_, unit) => isIn(ignoreCase ? canonical(unit) : unit, members) !== negated,
  );
  return {
    has(unit) {
      if (unit < 128) return small[unit] === true;
      return isIn(ignoreCase ? canonical(unit) : unit, members) !== negated;
    },
  };
}

/** In order and apart, for the search. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** What the units of a range are compared as when case does not count. */
function canonicalRanges([first, last]: Range): readonly Range[] {
  const units = new Set<number>();
  for (let unit = first; unit <= last; unit++) units.add(canonical(unit));
  return merged([...units].map((unit): Range => [unit, unit]));
}

function isIn(unit: number, ranges: readonly Range[]): boolean {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] ?? [0, -1];
    if (unit < first) high = middle - 1;
    else if (unit > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** How many units of ranges one pattern may fold: folding takes time, and a text of a definition can name very many. */
export const foldingLimit = 1_000_000;

/** @throws JsonataFailure when the classes of a pattern that ignores case are too many and too wide */
export function checkFolding(units: number): void {
  if (units > foldingLimit)
    throw new JsonataFailure(
      undefined,
      `Invalid regular expression: its classes hold ${units} characters to compare without case, ${foldingLimit} are possible`,
    );
}

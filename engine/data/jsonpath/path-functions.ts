import { isObject, type Json } from '../json.ts';

/** A function at the end of a path; undefined where it has no value, which is a path that finds nothing. */
type PathFunction = (value: Json) => Json | undefined;

/** The functions a path may end with: `$.numbers.max()`. (JsonPath's README, "Functions") */
export const pathFunctions: Readonly<Record<string, PathFunction>> = {
  length: count,
  size: count,
  min: overNumbers((numbers) => numbers.reduce((a, b) => Math.min(a, b))),
  max: overNumbers((numbers) => numbers.reduce((a, b) => Math.max(a, b))),
  sum: overNumbers(sum),
  avg: overNumbers(mean),
  stddev: overNumbers(deviation),
  keys: (value) => (isObject(value) ? Object.keys(value) : undefined),
  first: (value) => (Array.isArray(value) ? value[0] : undefined),
  last: (value) => (Array.isArray(value) ? value.at(-1) : undefined),
};

/** null for a text or a number: Jayway counts only arrays and objects. */
function count(value: Json): Json {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : null;
}

function overNumbers(compute: (numbers: readonly number[]) => number): PathFunction {
  return (value) => {
    const numbers = Array.isArray(value) ? value.filter((each): each is number => typeof each === 'number') : [];
    if (numbers.length === 0) return undefined;
    const result = compute(numbers);
    return Number.isFinite(result) ? result : String(result); // JSON has no number for it; JSONata on AWS gives its name too
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}

/** Of the whole population, not of a sample. */
function deviation(numbers: readonly number[]): number {
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map((number) => (number - middle) ** 2)));
}

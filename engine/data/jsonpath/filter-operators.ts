import type { Effort } from '../effort.ts';
import { jsonEqual } from '../canonical-json.ts';
import { isObject, type Json } from '../json.ts';
import { TextPattern } from './text-pattern.ts';

/** What an operand gives: undefined is a path that finds nothing. */
export type Value = Json | TextPattern | undefined;

/** A comparison of a filter. An operand it does not understand makes it false; none of them fails. */
type Operator = (left: Value, right: Value, effort: Effort) => boolean;

/** The operators of a JSONPath filter, by their sign in lower case. (JsonPath's README, "Filter Operators") */
export const filterOperators: Readonly<Record<string, Operator>> = {
  '==': equal,
  '!=': (left, right) => !equal(left, right),
  '===': sameTypeEqual,
  '!==': (left, right) => !sameTypeEqual(left, right),
  '<': (left, right) => ordered(left, right, (order) => order < 0),
  '<=': (left, right) => ordered(left, right, (order) => order <= 0),
  '>': (left, right) => ordered(left, right, (order) => order > 0),
  '>=': (left, right) => ordered(left, right, (order) => order >= 0),
  '=~': matches,
  in: (left, right) => items(right)?.some((item) => equal(left, item)) ?? false,
  nin: (left, right) => !(items(right)?.some((item) => equal(left, item)) ?? false),
  all: (left, right) => items(right)?.every((item) => includes(left, item)) ?? false,
  subsetof: (left, right) => items(left)?.every((item) => includes(right, item)) ?? false,
  anyof: (left, right) => items(left)?.some((item) => includes(right, item)) ?? false,
  noneof: (left, right) => items(left)?.every((item) => !includes(right, item)) ?? false,
  contains: (left, right) =>
    typeof left === 'string' && typeof right === 'string' ? left.includes(right) : includes(left, right),
  size: (left, right) => size(left) !== undefined && size(left) === right,
  empty: (left, right) => size(left) !== undefined && (size(left) === 0) === right,
};

/** A number equals the text that spells it, as in Jayway; `===` keeps them apart. */
function equal(left: Value, right: Value): boolean {
  if (left === undefined || right === undefined || left instanceof TextPattern || right instanceof TextPattern)
    return false;
  if (typeof left === 'number' && typeof right === 'string') return right.trim() !== '' && left === Number(right);
  if (typeof left === 'string' && typeof right === 'number') return equal(right, left);
  return jsonEqual(left, right);
}

function sameTypeEqual(left: Value, right: Value): boolean {
  return typeof left === typeof right && equal(left, right);
}

function ordered(left: Value, right: Value, holds: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return holds(left - right);
  const comparable = (value: Value) => typeof value === 'string' || typeof value === 'number';
  if (!comparable(left) || !comparable(right)) return false;
  const [a, b] = [String(left), String(right)];
  return holds(a < b ? -1 : a > b ? 1 : 0);
}

function matches(left: Value, right: Value, effort: Effort): boolean {
  const [pattern, value] = left instanceof TextPattern ? [left, right] : [right, left];
  if (!(pattern instanceof TextPattern) || value instanceof TextPattern) return false;
  const texts = Array.isArray(value) ? value : [value];
  return texts.some((text) =>
    pattern.matches(text === undefined || text === null || typeof text === 'object' ? '' : String(text), effort),
  );
}

const items = (value: Value): readonly Json[] | undefined => (Array.isArray(value) ? value : undefined);

const includes = (list: Value, item: Value): boolean => items(list)?.some((each) => equal(each, item)) ?? false;

function size(value: Value): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) && !(value instanceof TextPattern) ? Object.keys(value).length : undefined;
}

import { isObject, type Json } from './json.ts';

/** JSON text with every object's keys sorted: two values are equal as JSON exactly when their texts are the same. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

export const jsonEqual = (a: Json, b: Json): boolean => a === b || canonicalJson(a) === canonicalJson(b);

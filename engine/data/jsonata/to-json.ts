import type { Json } from '../json.ts';

/** A result that JSON has no word for: a function. */
export class UnsupportedResult extends Error {
  override readonly name = 'UnsupportedResult';
}

/**
 * A result of JSONata as plain JSON: without its marks on arrays, its objects without prototype, members that are nothing.
 * A number that JSON cannot write becomes its name, as AWS does: `"Infinity"`. A value that is plain already is given as it is.
 * @throws UnsupportedResult
 */
export function toJson(value: unknown): Json | undefined {
  return isPlain(value) ? value : plain(value);
}

const marks = ['sequence', 'keepSingleton', 'cons', 'outerWrapper', 'tupleStream'];

/** Looks without copying: most results are parts of the input. */
function isPlain(value: unknown): value is Json {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  if (Array.isArray(value)) return !marks.some((mark) => mark in value) && value.every(isPlain);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key of Object.keys(value)) if (!isPlain(Reflect.get(value, key))) return false;
  return true;
}

function plain(value: unknown): Json | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || '_jsonata_function' in value || '_jsonata_lambda' in value)
    throw new UnsupportedResult();
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => member(key, plain(each))));
}

const member = (key: string, value: Json | undefined): [string, Json][] => (value === undefined ? [] : [[key, value]]);

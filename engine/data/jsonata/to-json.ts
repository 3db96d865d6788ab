import type { Json } from '../json.ts';
import { setMember } from './evaluator/members.ts';
import { type Meter, spend } from './meter.ts';

/** A result that JSON has no word for: a function. */
export class UnsupportedResult extends Error {
  override readonly name = 'UnsupportedResult';
}

/**
 * A result of JSONata as plain JSON: without its marks on arrays and members that are nothing.
 * A number that JSON cannot write becomes its name, as AWS does: `"Infinity"`. A value that is plain already is given as it is.
 * One object may stand in a million places, so looking at all of them is metered.
 * @throws UnsupportedResult
 * @throws JsonataFailure when it is too much
 */
export function toJson(value: unknown, meter: Meter): Json | undefined {
  return isPlain(value, meter) ? value : plain(value, meter);
}

const marks = ['sequence', 'keepSingleton', 'cons', 'outerWrapper', 'tupleStream'];

/** Looks without copying: most results are parts of the input. */
function isPlain(value: unknown, meter: Meter): value is Json {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  spend(meter, 1);
  if (Array.isArray(value)) {
    spend(meter, value.length);
    return !marks.some((mark) => mark in value) && value.every((item) => isPlain(item, meter));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return false;
  for (const key of Object.keys(value)) if (!isPlain(Reflect.get(value, key), meter)) return false;
  return true;
}

function plain(value: unknown, meter: Meter): Json | undefined {
  spend(meter, 1);
  if (value === undefined || value === null) return value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') throw new UnsupportedResult();
  if (Array.isArray(value)) return value.map((item) => plain(item, meter) ?? null);
  const members: Record<string, Json> = {};
  for (const [key, each] of Object.entries(value)) {
    const member = plain(each, meter);
    if (member !== undefined) setMember(members, key, member);
  }
  return members;
}

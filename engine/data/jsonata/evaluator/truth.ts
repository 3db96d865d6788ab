import { failure } from '../failure.ts';
import { type Meter, spend } from '../meter.ts';
import { isCallable } from './callable.ts';

/** True for a finite number, false for NaN and for what is no number. @throws JsonataFailure `D1001` for an infinite one */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw failure('D1001', { value });
  return true;
}

export function areNumbers(value: unknown, meter: Meter): value is readonly number[] {
  if (!Array.isArray(value)) return false;
  spend(meter, value.length);
  return value.every(isNumeric);
}

export function areStrings(value: unknown, meter: Meter): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  spend(meter, value.length);
  return value.every((item) => typeof item === 'string');
}

/** The effective boolean value; nothing counts as false. (JSONata, "Boolean functions") */
export function isTruthy(value: unknown, meter: Meter): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return isNumeric(value) && value !== 0;
    case 'object':
      return value !== null && (Array.isArray(value) ? isTruthyArray(value, meter) : Object.keys(value).length > 0);
    case 'function':
      return isCallable(value) && value.truthy;
    default:
      return false;
  }
}

/** Any true item makes it true. */
function isTruthyArray(items: readonly unknown[], meter: Meter): boolean {
  spend(meter, 1 + items.length);
  let any = false;
  for (const item of items) if (isTruthy(item, meter)) any = true; // all are looked at: one may be no JSON number
  return any;
}

/** Equal by value; the order of members does not count. Functions and NaN are equal to nothing but functions to themselves. */
export function isDeepEqual(left: unknown, right: unknown, meter: Meter): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  spend(meter, 1);
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => isDeepEqual(item, right[at], meter));
  }
  if (Array.isArray(right)) return false;
  const keys = Object.keys(left);
  spend(meter, keys.length);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) => Object.hasOwn(right, key) && isDeepEqual(Reflect.get(left, key), Reflect.get(right, key), meter),
  );
}

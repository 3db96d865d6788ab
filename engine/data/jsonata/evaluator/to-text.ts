import { failure } from '../failure.ts';
import { allocate, type Meter, outOfMemory, spend } from '../meter.ts';
import { isList } from './list.ts';
import { isNumeric } from './truth.ts';

/**
 * A value as text, as `$string` and `&` make it: texts as they are, functions as nothing, everything else as JSON,
 * its numbers with 15 digits.
 * @throws JsonataFailure `D3001` for a number that JSON cannot write, `D1001` for one inside a value
 */
export function toText(value: unknown, meter: Meter, space = 0): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'string':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw failure('D3001', { value });
      return String(shortened(value));
    case 'boolean':
      return String(value);
    case 'object':
      return value === null
        ? 'null'
        : jsonText(isList(value) && value.outerWrapper === true ? value[0] : value, meter, space);
    default:
      return '';
  }
}

/** JSON, which may be far larger than the value in memory: one object can stand in a million places. */
function jsonText(value: unknown, meter: Meter, space: number): string {
  let bytes = 0;
  const text = JSON.stringify(
    value,
    (key, each: unknown) => {
      spend(meter, 1);
      bytes += key.length + (typeof each === 'string' ? each.length : 1);
      if (bytes > meter.largest) throw outOfMemory();
      if (typeof each === 'number') return isNumeric(each) ? shortened(each) : each;
      return typeof each === 'function' ? '' : each;
    },
    space,
  );
  allocate(meter, text.length);
  return text;
}

const shortened = (number: number): number =>
  Number.isInteger(number) && Math.abs(number) < 1e15 ? number : Number(number.toPrecision(15));

/** A value as a message quotes it: as JSON, or as dots where that is too long for a message. */
export function quoted(value: unknown): string {
  let left = 100_000;
  try {
    const text: unknown = JSON.stringify(value, (_, each: unknown) => {
      left -= typeof each === 'string' ? each.length : 1;
      if (left < 0) throw new RangeError('too long to be quoted');
      return each;
    });
    return typeof text === 'string' ? text : 'undefined'; // functions have no JSON
  } catch {
    return '…';
  }
}

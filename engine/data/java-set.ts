import { canonicalJson } from './canonical-json.ts';
import { isObject, type Json } from './json.ts';

/**
 * The values without repetition, in the order in which a Java `HashSet` holds them: by the hash of each, spread over a table
 * that grows with their number. (java.util.HashMap; recorded on AWS for `States.ArrayUnique` and for the
 * fields that a refusal lists)
 */
export function javaSet<Value extends Json>(values: readonly Value[]): Value[] {
  const seen = new Set<string>();
  const members = values.filter((value) => {
    const text = canonicalJson(value);
    return !seen.has(text) && seen.add(text);
  });
  const size = tableSize(members.length);
  const placed = members.map((value) => ({ value, at: bucket(javaHash(value), size) }));
  return placed.toSorted((a, b) => a.at - b.at).map(({ value }) => value);
}

/** A table starts with 16 places and doubles when it is three quarters full. */
function tableSize(members: number): number {
  let size = 16;
  while (members > size * 0.75) size *= 2;
  return size;
}

const bucket = (hash: number, size: number): number => (hash ^ (hash >>> 16)) & (size - 1);

/** `hashCode()` of the value as AWS holds it: `Integer`, `Long`, `Double`, `String`, `Boolean`, `List`, `Map`. */
function javaHash(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((hash, each) => (Math.imul(31, hash) + javaHash(each)) | 0, 1);
  if (isObject(value))
    return Object.entries(value).reduce((hash, [key, each]) => (hash + (textHash(key) ^ javaHash(each))) | 0, 0);
  if (typeof value === 'string') return textHash(value);
  if (typeof value === 'number') return numberHash(value);
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  return 0;
}

function textHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

function numberHash(number: number): number {
  if (Number.isInteger(number) && (number | 0) === number) return number;
  const view = new DataView(new ArrayBuffer(8));
  if (Number.isSafeInteger(number)) view.setBigInt64(0, BigInt(number));
  else view.setFloat64(0, number);
  return view.getInt32(0) ^ view.getInt32(4);
}

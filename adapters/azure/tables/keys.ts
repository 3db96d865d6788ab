import { createHash, randomBytes } from 'node:crypto';

/** Of a part of a key. A whole key may have 512 UTF-16 units. */
const LONGEST_PART = 220;
/** Stands between the parts of a key, and never in one. Its successor ends the range of everything behind it. */
const SEPARATOR = '|';
const AFTER_SEPARATOR = '}';

/**
 * Text as part of a key, in the order of the text where it is plain. Keys may not hold `/ \ # ?` and control characters;
 * what is long keeps its beginning and gets a hash.
 */
function keyPart(text: string): string {
  const escaped = text.replace(/[^A-Za-z0-9:._-]/gu, (character) =>
    Buffer.from(character).toString('hex').replace(/../g, '=$&'),
  );
  if (escaped.length <= LONGEST_PART) return escaped;
  const hash = createHash('sha256').update(text).digest('hex');
  return `${escaped.slice(0, LONGEST_PART - hash.length - 1)}=${hash}`;
}

export const key = (...parts: readonly string[]): string => parts.map(keyPart).join(SEPARATOR);

/** Keys with these parts and more behind them: from the first, which is included, to the second, which is not. */
export function keysUnder(...parts: readonly string[]): { readonly from: string; readonly to: string } {
  const shared = key(...parts);
  return { from: `${shared}${SEPARATOR}`, to: `${shared}${AFTER_SEPARATOR}` };
}

/** The last part of a key. */
export const lastPart = (whole: string): string => whole.slice(whole.lastIndexOf(SEPARATOR) + 1);

/** A whole number as text that sorts like it. */
export const sortable = (number: number, digits = 10): string => String(number).padStart(digits, '0');

/** Microseconds as text that sorts the latest first. */
export const backwards = (micros: number): string => sortable(Number.MAX_SAFE_INTEGER - micros, 16);

const LAST_INSTANT = 9_999_999_999_999;

/**
 * Where an execution stands in every listing: the newest start first, and of the same instant the one created last. The
 * random end keeps two creators apart.
 */
export const executionPlace = (startedAt: number, createdMicros: number): string =>
  [sortable(LAST_INSTANT - startedAt, 13), backwards(createdMicros), randomBytes(4).toString('hex')].join('.');

/** When the execution of a place was created. */
export const createdMillis = (place: string): number =>
  Math.floor((Number.MAX_SAFE_INTEGER - Number(place.split('.')[1] ?? 0)) / 1000);

/** Whole microseconds since 1970 that grow with every call in this process, and with the clocks between processes. */
export function growingMicros(): () => number {
  let last = 0;
  return () => {
    const now = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    last = Math.max(now, last + 1);
    return last;
  };
}

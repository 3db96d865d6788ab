/** Files of this name are being written and are no objects yet. */
export const UNFINISHED = '.unfinished-';

/** What a part of a path cannot be, or would not be one file for everybody. `%` is how these are written. */
// A dot in front is escaped too: `.`, `..` and what is being written are no keys.
const ESCAPED = /[^\w\-.!'()*+,;=@ $&]|^\./gu;

/**
 * A key as a path below its bucket: most keys are the path itself. What a path cannot hold is percent-encoded, and an
 * empty part (`a//b`, `/a`) is `%`, so that every key has its own path and none leads out of the bucket.
 */
export const pathOfKey = (key: string): string => key.split('/').map(encode).join('/');

/** The key of a path that `pathOfKey` made, or a file that somebody put there. */
export const keyOfPath = (path: string): string => path.split('/').map(decode).join('/');

const encode = (part: string): string =>
  part === '' ? '%' : part.replace(ESCAPED, (char) => encodeURIComponent(char).replace(/^\.$/, '%2E'));

function decode(part: string): string {
  if (part === '%') return '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // no name of ours
  }
}

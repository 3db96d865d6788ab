import { InvalidPageToken } from '../../../../engine/runner/ports.ts';

type Key = string | number;

/** Names the place after a page's last item; `listing` binds it to the question, so that it fits no other. */
export const pageToken = (listing: string, after: Key): string =>
  Buffer.from(JSON.stringify([listing, after])).toString('base64url');

/**
 * The place that a token names, of the type of `first`; `first` itself, which is before every item, without a token.
 * @throws InvalidPageToken
 */
export function readPageToken<K extends Key>(listing: string, token: string | undefined, first: K): K {
  if (token === undefined) return first;
  const [found, after] = parts(token);
  if (found !== listing || typeof after !== typeof first)
    throw new InvalidPageToken(`${token} is no page of ${listing}`);
  return after as K;
}

function parts(token: string): unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

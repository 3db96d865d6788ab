import { InvalidPageToken } from './ports.ts';

type Key = string | number;

/** Names the place after a page's last item. `listing` binds it to what was asked, so it fits no other listing. */
export const pageToken = (listing: string, keys: readonly Key[]): string =>
  Buffer.from(JSON.stringify([listing, ...keys])).toString('base64url');

/**
 * The keys of a token, which have the types of `first`; `first` itself, which is before every item, without a token.
 * @throws InvalidPageToken
 */
export function readPageToken(listing: string, token: string | undefined, first: readonly Key[]): readonly Key[] {
  if (token === undefined) return first;
  const [found, ...keys] = parts(token);
  const fits = keys.length === first.length && first.every((key, i) => typeof keys[i] === typeof key);
  if (found !== listing || !fits) throw new InvalidPageToken(`${token} is no page of ${listing}`);
  return keys.filter((key) => typeof key === 'string' || typeof key === 'number');
}

function parts(token: string): unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

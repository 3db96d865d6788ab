import { type Clock, InvalidPageToken, type Page } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';

interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** How long a token is good. (API reference) */
const TOKEN_MS = 24 * 3_600_000;

/**
 * A page as the API gives it: `maxResults` items, 100 for 0 or none.
 * @throws ApiError `InvalidToken` for a token that no page of this listing gave within 24 hours
 */
export async function readPage<T>(
  { maxResults, nextToken }: PageRequest,
  clock: Pick<Clock, 'now'>,
  read: (page: { readonly limit: number; readonly from?: string }) => Promise<Page<T>>,
): Promise<{ readonly items: readonly T[]; readonly token: { readonly nextToken?: string } }> {
  try {
    const now = clock.now();
    const from = nextToken === undefined ? {} : { from: placeIn(nextToken, now) };
    const { items, next } = await read({ limit: maxResults || 100, ...from });
    return { items, token: next === undefined ? {} : { nextToken: `${now.toString(36)}.${next}` } };
  } catch (thrown) {
    if (thrown instanceof InvalidPageToken) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
    throw thrown;
  }
}

/** The store's token in one of ours, which begins with when it was given. @throws InvalidPageToken */
function placeIn(token: string, now: number): string {
  const [, given = '', place = ''] = /^([0-9a-z]{1,9})\.(.+)$/.exec(token) ?? [];
  const age = now - Number.parseInt(given, 36);
  if (age >= 0 && age < TOKEN_MS) return place;
  throw new InvalidPageToken('the token is older than 24 hours, or none of ours');
}

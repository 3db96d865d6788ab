import { InvalidPageToken, type Page } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';

interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * A page as the API gives it: `maxResults` items, 100 for 0 or none.
 * @throws ApiError `InvalidToken` for a token that no page of this listing gave
 */
export async function readPage<T>(
  { maxResults, nextToken }: PageRequest,
  read: (page: { readonly limit: number; readonly from?: string }) => Promise<Page<T>>,
): Promise<{ readonly items: readonly T[]; readonly token: { readonly nextToken?: string } }> {
  try {
    const from = nextToken === undefined ? {} : { from: nextToken };
    const { items, next } = await read({ limit: maxResults || 100, ...from });
    return { items, token: next === undefined ? {} : { nextToken: next } };
  } catch (thrown) {
    if (thrown instanceof InvalidPageToken) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
    throw thrown;
  }
}

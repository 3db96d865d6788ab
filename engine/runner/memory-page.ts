import { InvalidPageToken, type Page } from './ports.ts';

export interface MemoryPageRequest<T> {
  readonly limit: number;
  readonly from?: string | undefined;
  /** Binds a token to the question it came from. */
  readonly listing: string;
  readonly key: (item: T) => string;
  readonly wanted?: (item: T) => boolean;
}

/** A page token names the item it follows, wanted still or not: what comes and goes around it moves nothing. */
export function pageOf<T>(
  items: readonly T[],
  { limit, from, listing, key, wanted = () => true }: MemoryPageRequest<T>,
): Page<T> {
  const token = (item: T) => Buffer.from(JSON.stringify([listing, key(item)])).toString('base64url');
  const before = from === undefined ? -1 : items.findIndex((item) => token(item) === from);
  if (from !== undefined && before === -1) throw new InvalidPageToken(`${from} is no page of ${listing}`);
  const rest = items.slice(before + 1).filter(wanted);
  const last = rest.length > limit ? rest[limit - 1] : undefined;
  return { items: rest.slice(0, limit), next: last === undefined ? undefined : token(last) };
}

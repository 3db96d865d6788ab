import { textOf, type Reply } from '../wire/resp.ts';
import type { Redis } from '../wire/redis-session.ts';

/** A key as it is compared. */
export interface KeyFacts {
  readonly key: Buffer;
  readonly type: string;
  /** Of the value, the same whatever the order in which a set or hash keeps it; `ABSENT` where there is none. */
  readonly digest: string;
  /** Milliseconds since 1970; -1: it stays. */
  readonly expiresAt: number;
}

const NOTHING = '0'.repeat(40);
export const isThere = ({ digest }: KeyFacts): boolean => digest !== NOTHING;

/** Numbers of the databases that hold keys. */
export async function databases(redis: Redis): Promise<readonly number[]> {
  return Object.keys(await redis.info('keyspace')).flatMap((name) =>
    /^db\d+$/.test(name) ? [Number(name.slice(2))] : [],
  );
}

/** Every key of a database, some hundred at a time. A key may come twice, as SCAN has it. */
export async function* keysIn(redis: Redis, database: number): AsyncGenerator<readonly Buffer[]> {
  await redis('SELECT', database);
  let cursor = '0';
  do {
    const reply = await redis('SCAN', cursor, 'COUNT', 500);
    const [next, keys] = Array.isArray(reply) ? reply : [];
    cursor = textOf(next);
    if (Array.isArray(keys) && keys.length > 0) yield keys.filter(Buffer.isBuffer);
  } while (cursor !== '0');
}

/** Of the selected database; in the order of `keys`. */
export async function keyFacts(redis: Redis, keys: readonly Buffer[]): Promise<readonly KeyFacts[]> {
  if (keys.length === 0) return [];
  const [digests, ...rest] = await redis.pipeline([
    ['DEBUG', 'DIGEST-VALUE', ...keys],
    ...keys.flatMap((key) => [
      ['TYPE', key],
      ['PEXPIRETIME', key],
    ]),
  ]);
  if (!Array.isArray(digests))
    throw digests instanceof Error ? digests : new Error('DEBUG DIGEST-VALUE gave no digests');
  return keys.map((key, index) => ({
    key,
    type: textOf(rest[index * 2]),
    digest: textOf(digests[index] as Reply),
    expiresAt: Number(rest[index * 2 + 1]),
  }));
}

/** The value for people and programs; what is no text is base64. */
export async function readValue(redis: Redis, { key, type }: KeyFacts): Promise<unknown> {
  switch (type) {
    case 'string':
      return plain(await redis('GET', key));
    case 'list':
      return plain(await redis('LRANGE', key, 0, -1));
    case 'set':
      return asArray(plain(await redis('SMEMBERS', key)))
        .map(String)
        .toSorted(byText);
    case 'zset':
      return pairs(await redis('ZRANGE', key, 0, -1, 'WITHSCORES'));
    case 'hash':
      return Object.fromEntries(pairs(await redis('HGETALL', key)));
    case 'stream':
      return plain(await redis('XRANGE', key, '-', '+'));
    default:
      return { dump: asBase64(await redis('DUMP', key)) };
  }
}

export const plainText = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
};

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const plain = (reply: Reply): unknown =>
  Array.isArray(reply) ? reply.map(plain) : Buffer.isBuffer(reply) ? plainText(reply) : reply;
const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asBase64 = (reply: Reply): string => (Buffer.isBuffer(reply) ? reply.toString('base64') : '');

function pairs(reply: Reply): [string, unknown][] {
  const flat = asArray(plain(reply));
  return Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[index * 2]), flat[index * 2 + 1]]);
}

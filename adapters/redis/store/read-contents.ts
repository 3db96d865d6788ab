import { createHash } from 'node:crypto';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';
import type { Redis } from '../wire/redis-session.ts';
import { databases, isThere, keyFacts, keysIn, type KeyFacts } from './read-keys.ts';

/**
 * Keys by database and prefix (all before the first `:`), as tables: `0/cart` holds `cart:17`. Keys without one are `0/`. Its structure is
 * which of them hold which types.
 */
export async function readContents(redis: Redis): Promise<Contents> {
  const tables = new Map<string, { rows: number; sum: bigint; readonly types: Set<string> }>();
  for (const database of await databases(redis)) {
    const seen = new Set<string>();
    for await (const keys of keysIn(redis, database)) {
      const fresh = keys.filter((key) => !seen.has(key.toString('latin1')));
      for (const facts of await keyFacts(redis, fresh)) {
        if (!isThere(facts)) continue; // it expired just now
        seen.add(facts.key.toString('latin1'));
        const name = tableOf(database, facts.key);
        const table = tables.get(name) ?? { rows: 0, sum: 0n, types: new Set<string>() };
        tables.set(name, table);
        table.rows += 1;
        table.sum = (table.sum + hashOf(facts)) % MODULUS;
        table.types.add(facts.type);
      }
    }
  }
  const sorted = [...tables].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const structure = sorted.map(([name, { types }]) => [name, [...types].toSorted()]);
  return {
    structure: createHash('sha256').update(JSON.stringify(structure)).digest('hex'),
    tables: sorted.map(([name, { rows, sum }]) => ({ name, rows, checksum: sum.toString(16).padStart(64, '0') })),
  };
}

/** `0/cart` of `cart:17` in database 0. */
export function tableOf(database: number, key: Buffer): string {
  const end = key.indexOf(':');
  return `${database}/${end < 0 ? '' : key.toString('utf8', 0, end)}`;
}

/** Sums of hashes do not depend on an order. */
const MODULUS = 1n << 256n;
const hashOf = ({ key, type, digest, expiresAt }: KeyFacts): bigint => {
  const hash = createHash('sha256').update(`${type} ${digest} ${expiresAt} `).update(key);
  return BigInt(`0x${hash.digest('hex')}`);
};

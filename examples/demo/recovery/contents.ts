import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Login } from './sql.ts';

/** All orders of a server, as a number of rows and one checksum over them. */
export interface Contents {
  readonly rows: number;
  readonly checksum: string;
}

export async function contentsOf(server: Login): Promise<Contents> {
  const [found] = await ask<Contents>(
    server,
    `SELECT count(*)::int AS rows, coalesce(md5(string_agg(md5((o.*)::text), '' ORDER BY o.id)), '') AS checksum FROM orders AS o`,
  );
  if (found === undefined) throw new Error(`the server at port ${server.port} counts no rows`);
  return found;
}

/** The keys that a server has. */
export async function keysOf(server: Login): Promise<ReadonlySet<number>> {
  return new Set((await ask<{ id: number }>(server, 'SELECT id::int FROM orders')).map(({ id }) => id));
}

/** Resolves when the standby shows all that the primary has now. */
export async function caughtUp(primary: Login, standby: Login, signal: AbortSignal): Promise<void> {
  const [end] = await ask<{ lsn: string }>(primary, 'SELECT pg_current_wal_insert_lsn()::text AS lsn');
  const there = 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is';
  while ((await ask<{ is: boolean | null }>(standby, there, [end?.lsn]))[0]?.is !== true)
    await sleep(100, undefined, { signal });
}

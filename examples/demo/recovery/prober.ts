import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect, type Login } from './sql.ts';

/** A write that a site took, past every address. */
export interface Taken {
  readonly site: string;
  /** The line of history it was written to: each promotion opens the next. */
  readonly branch: number;
  /** Milliseconds since 1970: when it was asked, and when it was answered. */
  readonly from: number;
  readonly to: number;
}

/** Tries to write at every site all the time, as a client that was left behind would, and takes it back. */
export interface Prober {
  readonly taken: readonly Taken[];
  readonly tries: number;
  stop(): Promise<void>;
}

const betweenTriesMs = 40;
const attempt = `INSERT INTO tries VALUES (1)
  RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS branch`;

export function startProber(sites: Readonly<Record<string, Login>>): Prober {
  const taken: Taken[] = [];
  let tries = 0;
  let stopping = false;
  const loops = Object.entries(sites).map(([site, login]) => probe(site, login));

  async function probe(site: string, login: Login): Promise<void> {
    let client: Client | undefined;
    for (; !stopping; await sleep(betweenTriesMs)) {
      tries += 1;
      try {
        client ??= await connect(login, 'prober');
        await client.query('BEGIN');
        await client.query('SET TRANSACTION READ WRITE'); // a site that only advises against writing would let it pass
        const from = performance.timeOrigin + performance.now();
        const { rows } = await client.query<{ branch: number }>(attempt);
        taken.push({ site, branch: rows[0]?.branch ?? 0, from, to: performance.timeOrigin + performance.now() });
        await client.query('ROLLBACK');
      } catch (thrown) {
        if (isRefusal(thrown) && client && (await rolledBack(client))) continue; // the session can be used again
        void client?.end().catch(() => {});
        client = undefined;
      }
    }
    await client?.end().catch(() => {});
  }

  return {
    taken,
    get tries() {
      return tries;
    },
    async stop() {
      stopping = true;
      await Promise.all(loops);
    },
  };
}

const rolledBack = (client: Client): Promise<boolean> =>
  client.query('ROLLBACK').then(
    () => true,
    () => false,
  );

/** The server said no, and goes on listening: not an end of the session. (SQLSTATE class 57) */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && /^(?!57|08|E)[0-9A-Z]{5}$/.test(String(thrown.code));

/**
 * Writes that a site took on a branch that is another site's, or after another had taken one on a newer branch: two places
 * that accept writes at a time.
 */
export function tooLate(taken: readonly Taken[]): readonly Taken[] {
  const firsts = [...Map.groupBy(taken, ({ branch }) => branch).values()].flatMap(
    (some) => some.toSorted((a, b) => a.to - b.to)[0] ?? [],
  );
  return taken.filter((one) =>
    firsts.some(
      (first) =>
        first.site !== one.site && (first.branch === one.branch || (first.branch > one.branch && first.to < one.from)),
    ),
  );
}

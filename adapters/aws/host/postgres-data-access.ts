import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { DataAccess } from '../rds/index.ts';
import { readContents } from '../../postgres/sql/read-contents.ts';
import { type Sql, sqlSession } from '../../postgres/sql/sql-session.ts';

interface PostgresAccess {
  readonly user: string;
  readonly database: string;
  readonly password: () => Promise<string>;
  /** Whether sessions are encrypted and the server's certificate is checked. */
  readonly tls: boolean;
}

const END_WITHIN_MS = 2000;
const PROBE_WITHIN_MS = 3000;
/** A function on Lambda has 30 seconds. */
const CONTENTS_WITHIN_MS = 25_000;

/**
 * What sessions with the PostgreSQL behind RDS or Aurora tell. Every position is on branch `1`: RDS shows no timelines, and a site
 * that lost a failover is made anew.
 */
export function postgresDataAccess({ password, tls, ...who }: PostgresAccess): DataAccess {
  const session = async <T>(address: string, withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T> => {
    const [host = '', port = '5432'] = address.split(':');
    const ssl = tls ? { ssl: { rejectUnauthorized: true } } : {};
    return sqlSession({ ...who, ...ssl, host, port: Number(port), password: await password() }, withinMs, use);
  };
  return {
    end: (address) => session(address, END_WITHIN_MS, endOf),
    probe: (address, epoch) => session(address, PROBE_WITHIN_MS, (sql) => probe(sql, epoch)),
    contents: (address) => session(address, CONTENTS_WITHIN_MS, readContents),
  };
}

async function endOf(sql: Sql): Promise<{ readonly position: Position; readonly lastChangeAt: number | undefined }> {
  const [found] = await sql<{ offset: string; last: number | null }>(
    `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::text AS offset,
            (extract(epoch FROM CASE
               WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp()
               WHEN current_setting('track_commit_timestamp') = 'on' THEN (SELECT timestamp FROM pg_last_committed_xact())
             END) * 1000)::float8 AS last`,
  );
  if (found === undefined) throw new Error('a server shows no position');
  return { position: { branch: '1', offset: found.offset }, lastChangeAt: found.last ?? undefined };
}

/** One row there and away again, each in a transaction of its own, as a client would. */
async function probe(sql: Sql, epoch: number): Promise<void> {
  await sql('CREATE SCHEMA IF NOT EXISTS pointsman_recovery');
  await sql('CREATE TABLE IF NOT EXISTS pointsman_recovery.probe (id bigint PRIMARY KEY, epoch bigint NOT NULL)');
  const [row] = await sql<{ id: string }>(
    'INSERT INTO pointsman_recovery.probe (id, epoch) VALUES ((random() * 1e15)::bigint, $1) RETURNING id::text',
    [epoch],
  );
  const [read] = await sql<{ epoch: number }>(
    'SELECT epoch::float8 AS epoch FROM pointsman_recovery.probe WHERE id = $1',
    [row?.id],
  );
  await sql('DELETE FROM pointsman_recovery.probe WHERE id = $1', [row?.id]);
  if (read?.epoch !== epoch) throw new Error(`wrote epoch ${epoch}, read ${String(read?.epoch)}`);
}

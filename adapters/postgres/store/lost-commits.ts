import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { Sql } from '../sql/sql-session.ts';

export interface LostCommits {
  readonly commits: readonly { readonly id: string; readonly at: number }[];
  /** Of the commits and their savepoints, as a row's xmin shows them. */
  readonly xids: readonly string[];
  /** File numbers of tables of which rows were deleted, or updated so that they may have another key. */
  readonly shrunk: readonly number[];
}

/** What was committed between fork and end, out of an old primary's own log. */
export async function lostCommits(sql: Sql, fork: Position, end: string): Promise<LostCommits> {
  if (BigInt(end) <= BigInt(fork.offset)) return { commits: [], xids: [], shrunk: [] };
  await sql(`SET timezone = 'UTC'`);
  const range = [fork.offset, end];
  const commits = await sql<{ xid: string; description: string }>(
    `SELECT xid::text, description FROM ${records}
      WHERE resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%' ORDER BY start_lsn`,
    range,
  );
  const shrunk = await sql<{ file: number }>(
    `SELECT DISTINCT (regexp_match(block_ref, 'rel \\d+/\\d+/(\\d+)'))[1]::float8 AS file FROM ${records}
      WHERE resource_manager = 'Heap' AND record_type IN ('DELETE', 'DELETE+INIT', 'UPDATE', 'UPDATE+INIT')`,
    range,
  );
  const xids = commits.flatMap(({ xid, description }) => [xid, ...subtransactions(description)]);
  return {
    commits: commits.map(({ xid, description }) => ({ id: xid, at: committedAt(description) })),
    xids: [...new Set(xids)],
    shrunk: shrunk.map(({ file }) => file),
  };
}

const records = `pointsman_recovery.pg_get_wal_records_info('0/0'::pg_lsn + $1::numeric, '0/0'::pg_lsn + $2::numeric)`;

/** `2026-11-27 09:50:27.683123 UTC; …` (xact_desc_commit) */
export function committedAt(description: string): number {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(description) ?? [];
  return Date.parse(`${day}T${time}Z`);
}

/** `…; subxacts: 745 746; …` */
export const subtransactions = (description: string): readonly string[] =>
  /subxacts: ([\d ]+)/.exec(description)?.[1]?.trim().split(/\s+/) ?? [];

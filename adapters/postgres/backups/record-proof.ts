import { setTimeout as pause } from 'node:timers/promises';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';
import { readLsn } from '../replication/lsn.ts';
import { contentsInSnapshot, userTables } from '../sql/read-contents.ts';
import { SqlFailure, type SqlAddress, sqlSession } from '../sql/sql-session.ts';

/** Longest that writers wait for the moment: behind a transaction that holds a table the locks are given up again. */
const LOCK_MS = 300;
const TRIES = 10;
/** Counting goes on in a snapshot, and nobody waits for it. */
const COUNT_MS = 3_600_000;

export interface Proof {
  readonly lsn: bigint;
  readonly contents: Contents;
}

/**
 * What a primary holds at an exact place of its log: for a moment all tables are locked against writing, so that a snapshot and a
 * place mean the same; then everything is counted in the snapshot while writers go on. A snapshot without the locks has no
 * place: commits become visible in another order than they are logged. Undefined when the tables could not be had.
 */
export async function recordProof(address: SqlAddress): Promise<Proof | undefined> {
  return sqlSession(address, COUNT_MS, async (counting) => {
    for (let tries = 0; tries < TRIES; tries++) {
      await counting('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const lsn = await lockedMoment(address, async (locked) => {
        // takes the snapshot
        const [found] = await counting<{ lsn: string; bytes: number }>(
          `SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_size_bytes(current_setting('wal_segment_size'))::int AS bytes`,
        );
        const seen = await userTables(counting);
        if (found === undefined || seen.map(({ from }) => from).join() !== locked.join()) return undefined;
        return endOfLast(readLsn(found.lsn), BigInt(found.bytes));
      });
      if (lsn !== undefined) return { lsn, contents: await contentsInSnapshot(counting) };
      await counting('ROLLBACK');
      await pause(100);
    }
    return undefined;
  });
}

/**
 * Where the last record ends. At the beginning of a page the server names the place where the next record will begin, behind the page's
 * header (xlog_internal.h); a replay of all there is ends before it.
 */
export const endOfLast = (next: bigint, segmentBytes: bigint): bigint =>
  next % segmentBytes === 40n ? next - 40n : next % 8192n === 24n ? next - 24n : next;

/** Runs `use` while nobody writes to any table; undefined when a table could not be locked in time. */
function lockedMoment<T>(address: SqlAddress, use: (tables: readonly string[]) => Promise<T>): Promise<T | undefined> {
  return sqlSession(address, 30_000, async (locking) => {
    try {
      await locking('BEGIN');
      await locking(`SET LOCAL lock_timeout = ${LOCK_MS}`);
      const tables = (await userTables(locking)).map(({ from }) => from);
      if (tables.length > 0) await locking(`LOCK TABLE ${tables.join(', ')} IN SHARE MODE`);
      return await use(tables);
    } catch (thrown) {
      // lock_not_available, deadlock_detected, undefined_table: somebody was faster
      if (isState(thrown, '55P03') || isState(thrown, '40P01') || isState(thrown, '42P01')) return undefined;
      throw thrown;
    } finally {
      await locking('ROLLBACK');
    }
  });
}

const isState = (thrown: unknown, state: string): boolean =>
  thrown instanceof Error &&
  ((thrown as { readonly code?: unknown }).code === state || (thrown instanceof SqlFailure && thrown.code === state));

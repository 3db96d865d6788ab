import type { Position } from '../../../functions/ports/recovery/position.ts';
import { type Sql, type SqlAddress, sqlSession } from './sql-session.ts';

/** What a standby was sent and has applied. */
interface StandbyPosition {
  readonly received: Position;
  readonly applied: Position;
}

/** @param timeline asked where SQL does not tell; by default in a session of its own */
export async function standbyPosition(
  sql: Sql,
  address: SqlAddress,
  timeline: () => Promise<number> = () => sqlSession(forReplication(address), 3000, replayTimeline),
): Promise<StandbyPosition> {
  const [found] = await sql<{ received: string; applied: string; branch: number | null }>(
    // what it shows as received begins at nothing when it starts
    `SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::text AS received,
            (pg_last_wal_replay_lsn() - '0/0')::text AS applied,
            (SELECT received_tli FROM pg_stat_wal_receiver WHERE received_tli > 0) AS branch`,
  );
  if (found === undefined) throw new Error('a standby shows no position');
  const branch = String(found.branch ?? (await timeline()));
  return { received: { branch, offset: found.received }, applied: { branch, offset: found.applied } };
}

/** Without a receiver, SQL shows only timelines of checkpoints long past; the replication protocol shows the one in use. */
export async function replayTimeline(session: Sql): Promise<number> {
  const [found] = await session<{ timeline: number | string }>('IDENTIFY_SYSTEM');
  if (found === undefined) throw new Error('IDENTIFY_SYSTEM told nothing');
  return Number(found.timeline);
}

/** As it is reached by a session that speaks the replication protocol too. */
export const forReplication = (address: SqlAddress): SqlAddress => ({ ...address, replication: 'database' });

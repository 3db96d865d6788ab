import type { Position } from '../../../functions/ports/recovery/position.ts';
import { identifySystem } from '../replication/identify-system.ts';
import { connectReplication } from '../replication/replication-connection.ts';
import type { Sql, SqlAddress } from './sql-session.ts';

/** What a standby was sent and has applied. */
export async function standbyPosition(
  sql: Sql,
  address: SqlAddress,
): Promise<{ readonly received: Position; readonly applied: Position }> {
  const [found] = await sql<{ received: string; applied: string; branch: number | null }>(
    // what it shows as received begins at nothing when it starts
    `SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::text AS received,
            (pg_last_wal_replay_lsn() - '0/0')::text AS applied,
            (SELECT received_tli FROM pg_stat_wal_receiver WHERE received_tli > 0) AS branch`,
  );
  if (found === undefined) throw new Error('a standby shows no position');
  const branch = String(found.branch ?? (await replayTimeline(address)));
  return { received: { branch, offset: found.received }, applied: { branch, offset: found.applied } };
}

/** Without a receiver, SQL shows only timelines of checkpoints long past; the replication protocol shows the one in use. */
async function replayTimeline({ host = '127.0.0.1', port, user, password }: SqlAddress): Promise<number> {
  const connection = await connectReplication({ host, port, user, password });
  try {
    return (await identifySystem(connection)).timeline;
  } finally {
    await connection.end();
  }
}

import { bytesBetween, type Position } from '../../../functions/ports/recovery/position.ts';
import { positionOf } from '../sql/position-of.ts';
import type { Sql, SqlAddress } from '../sql/sql-session.ts';
import { standbyPosition } from '../sql/standby-position.ts';

/** What a server that answers says of itself. */
export interface SiteFacts {
  readonly role: 'primary' | 'standby';
  readonly readOnly: boolean;
  readonly lineage: string;
  readonly received: Position | undefined;
  readonly applied: Position | undefined;
  readonly stream: 'flowing' | 'broken' | 'none';
  readonly lastChangeAt: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export async function siteFacts(sql: Sql, address: SqlAddress): Promise<SiteFacts> {
  const [own] = await sql<OwnRow>(ownQuery);
  if (own === undefined) throw new Error('a server says nothing of itself');
  const warnings = (await sql<{ warning: string }>(warningsQuery)).map(({ warning }) => warning);
  const common = {
    readOnly: own.read_only === 'on',
    lineage: own.lineage,
    lastChangeAt: own.last_change ?? undefined,
    settings: own.settings,
    warnings,
  };
  if (own.standby) {
    const { received, applied } = await standbyPosition(sql, address);
    return { ...common, role: 'standby', received, applied, stream: own.streaming ? 'flowing' : 'broken' };
  }
  const end = await positionOf(sql, 'pg_current_wal_flush_lsn()');
  return { ...common, role: 'primary', received: end, applied: end, stream: 'none' };
}

/** What decides in an outage, in one question; where it is takes more. */
export async function briefFacts(sql: Sql): Promise<SiteFacts> {
  const [own] = await sql<Omit<OwnRow, 'last_change' | 'settings'>>(briefQuery);
  if (own === undefined) throw new Error('a server says nothing of itself');
  return {
    role: own.standby ? 'standby' : 'primary',
    readOnly: own.read_only === 'on',
    lineage: own.lineage,
    received: undefined,
    applied: undefined,
    stream: own.standby ? (own.streaming ? 'flowing' : 'broken') : 'none',
    lastChangeAt: undefined,
    settings: {},
    warnings: [],
  };
}

/**
 * Commits between two positions, counted in the primary's log; undefined when there is too much of it (64 MB) to count at
 * a look, or when it is gone.
 */
export async function commitsBetween(sql: Sql, from: Position, to: Position): Promise<number | undefined> {
  if (bytesBetween(from, to) > 64n * 1024n * 1024n) return undefined;
  await sql('SET statement_timeout = 500'); // the server shall not go on counting for nobody
  const [found] = await sql<{ commits: number }>(
    `SELECT coalesce(sum(count), 0)::int AS commits
       FROM pointsman_recovery.pg_get_wal_stats('0/0'::pg_lsn + $1::numeric, '0/0'::pg_lsn + $2::numeric, true)
      WHERE "resource_manager/record_type" IN ('Transaction/COMMIT', 'Transaction/COMMIT_PREPARED')`,
    [from.offset, to.offset],
  );
  return found?.commits;
}

interface OwnRow {
  readonly standby: boolean;
  readonly read_only: string;
  readonly lineage: string;
  readonly last_change: number | null;
  readonly streaming: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

const briefQuery = `
  SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS read_only,
         (SELECT system_identifier::text FROM pg_control_system()) AS lineage,
         EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming`;

const ownQuery = `
  SELECT pg_is_in_recovery() AS standby,
         (SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_read_only') AS read_only,
         (SELECT system_identifier::text FROM pg_control_system()) AS lineage,
         (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint::float8 AS last_change,
         EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming,
         (SELECT jsonb_object_agg(name, setting) FROM pg_settings
           WHERE name IN ('server_version', 'max_connections', 'max_worker_processes', 'max_wal_senders',
                          'max_prepared_transactions', 'max_locks_per_transaction', 'data_checksums', 'wal_log_hints',
                          'wal_level', 'block_size', 'wal_segment_size', 'server_encoding', 'shared_preload_libraries'))
           AS settings`;

const warningsQuery = `
  SELECT format('slot %s is %s: whoever needs it must be rebuilt', slot_name, wal_status) AS warning
    FROM pg_replication_slots WHERE wal_status IN ('unreserved', 'lost')
  UNION ALL
  SELECT format('slot %s keeps %s and nobody fetches it', slot_name, pg_size_pretty(
           pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)))
    FROM pg_replication_slots
   WHERE NOT active AND pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn) > 16777216
  UNION ALL
  SELECT format('logical slot %s is not on the standbys: what reads it ends with a failover', slot_name)
    FROM pg_replication_slots WHERE slot_type = 'logical' AND NOT pg_is_in_recovery()
  UNION ALL
  SELECT 'a slot nobody reads may fill the disk: max_slot_wal_keep_size is without a bound'
   WHERE current_setting('max_slot_wal_keep_size') = '-1'
  UNION ALL
  SELECT format('archiving fails since %s, last with %s', last_failed_time, last_failed_wal)
    FROM pg_stat_archiver WHERE last_failed_time > coalesce(last_archived_time, '-infinity')
  UNION ALL
  SELECT format('a transaction is open for %s s (pid %s, %s)', extract(epoch FROM now() - xact_start)::int, pid, usename)
    FROM pg_stat_activity WHERE backend_type = 'client backend' AND xact_start < now() - interval '60 s'
  UNION ALL
  SELECT format('transaction %s is prepared since %s and holds its locks through a failover', gid, prepared)
    FROM pg_prepared_xacts
  UNION ALL
  SELECT 'neither data_checksums nor wal_log_hints is on: an old primary cannot be rewound'
   WHERE current_setting('data_checksums') = 'off' AND current_setting('wal_log_hints') = 'off'
  UNION ALL
  SELECT 'commits wait for a standby and none is there: they hang'
   WHERE NOT pg_is_in_recovery() AND current_setting('synchronous_standby_names') <> ''
     AND NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))`;

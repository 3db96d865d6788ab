import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { readSiteKey, type SiteKey } from '../../shared/vault/site-key.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { readLsn } from '../replication/lsn.ts';
import { type Sql, type SqlAddress, sqlSession } from '../sql/sql-session.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import { segmentAt, segmentName } from '../wal/segment-name.ts';
import type { GroupOptions, SiteOptions } from './options.ts';

/** How long the log may take from the server into the vault. */
const ARCHIVE_MS = 30_000;

/** A site: its server, what its vault holds, and the way of the log between them. However backups are stored. */
export interface LogSite<B extends StoredBackup = StoredBackup> extends LogWay<B> {
  readonly name: SiteName;
  address(): Promise<SqlAddress>;
  /**
   * Ends the segment that its primary writes, and resolves when the log up to there is in the vault.
   * @throws StepFailure `Pointsman.ArchiveBehind` when it does not come
   */
  settle(): Promise<void>;
  /** @throws StepFailure `Pointsman.LeaseLost` for a lower one than was ever shown here */
  showEpoch(epoch: number): Promise<void>;
  /** When a lock that begins now ends, milliseconds since 1970; null without one. */
  lockedUntil(): number | null;
}

/** What each way of storing backups has of its own. */
export interface LogWay<B extends StoredBackup> {
  readonly backups: {
    /** Oldest first, as their labels say. */
    list(): Promise<readonly StoredBackup[]>;
    /** Its label; undefined when there is no such backup. */
    find(id: string): Promise<StoredBackup | undefined>;
  };
  /**
   * A backup and all it stands on, the full one first, each opened with the site's key.
   * @throws StepFailure `Pointsman.NoSuchBackup`
   * @throws StepFailure `Pointsman.BackupUnusable` naming what is missing or damaged
   */
  chain(id: string): Promise<readonly B[]>;
  archive(lineage: string): WalArchive;
  /** Takes into the vault what its server laid down. Gives what could not be, in words. */
  drain(): Promise<readonly string[]>;
}

/** @throws StepFailure `Pointsman.NoSuchSite` */
export function siteOptions<S extends SiteOptions>({ group, sites }: GroupOptions<S>, name: SiteName): S {
  const site = sites[name];
  if (site !== undefined) return site;
  throw new StepFailure(
    'Pointsman.NoSuchSite',
    `${group} has no site ${name}; there are ${Object.keys(sites).join(', ')}`,
  );
}

/** Asked for at each use: nothing is kept. @throws StepFailure `Pointsman.BackupUnusable` when it cannot be had */
export async function siteKey({ secret, sites }: GroupOptions, name: SiteName): Promise<SiteKey> {
  const reference = sites[name]?.key ?? '';
  try {
    return readSiteKey(reference, await secret(reference));
  } catch (thrown) {
    throw unusable(`the key of ${name} cannot be had: ${reasonOf(thrown)}`, thrown);
  }
}

export function logSite<B extends StoredBackup>(options: GroupOptions, name: SiteName, way: LogWay<B>): LogSite<B> {
  const site = siteOptions(options, name);
  const turn = inTurn();
  const address = async () => ({
    port: site.port,
    user: options.user,
    database: options.database,
    password: (await options.secret(options.password)).trim(),
  });

  async function waitFor(lineage: string, segment: string): Promise<void> {
    const deadline = Date.now() + ARCHIVE_MS;
    for (;;) {
      const problems = await way.drain();
      if ((await way.archive(lineage).size(segment)) !== undefined) return;
      if (Date.now() > deadline)
        throw new StepFailure(
          'Pointsman.ArchiveBehind',
          `${name}: ${segment} is not in the vault after ${ARCHIVE_MS / 1000} s: ${problems.join('; ') || (await archiverState(await address()))}`,
        );
      await pause(20);
    }
  }

  return {
    ...way,
    name,
    address,

    async settle() {
      const end = await sqlSession(await address(), ARCHIVE_MS, async (sql) => {
        // A switch ends no segment in which nothing is; and a restore to a place stops at a record behind it.
        const version = await versionOf(sql);
        await addRecord(sql, version);
        const [switched] = await sql<{ lsn: string; id: string; timeline: number; bytes: number; mode: string }>(
          `SELECT pg_switch_wal()::text AS lsn, system_identifier::text AS id, current_setting('archive_mode') AS mode,
                  ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS timeline,
                  pg_size_bytes(current_setting('wal_segment_size'))::int AS bytes
             FROM pg_control_system()`,
        );
        // A standby promoted exactly where a segment ends can never again make an incremental backup across that fork: its
        // summaries begin a page header behind it (PostgreSQL 18.4). So the log does not rest there, neither on disk: a standby is
        // sent nothing else, and the server may take its time (wal_writer_delay).
        const last = await addRecord(sql, version);
        if (version >= 17) await flushed(sql, last);
        return switched;
      });
      if (end === undefined || end.mode === 'off')
        throw new StepFailure('Pointsman.ArchiveBehind', `${name}: its server archives nothing (archive_mode is off)`);
      // Where a segment ends, the place is in the one that follows.
      const number = segmentAt(readLsn(end.lsn) - 1n, end.bytes);
      await waitFor(end.id, segmentName({ timeline: end.timeline, number }, end.bytes));
    },

    showEpoch: (epoch) =>
      turn(async () => {
        const file = join(site.vault, 'epoch');
        const seen = Number(await readFile(file, 'utf8').catch(() => '0'));
        if (epoch < seen)
          throw new StepFailure('Pointsman.LeaseLost', `${name} was shown epoch ${seen} and does not follow ${epoch}`);
        if (epoch > seen) await writeWhole(file, `${epoch}\n`, true);
      }),

    lockedUntil: () => (site.lockHours === undefined ? null : options.clock.now() + site.lockHours * 3_600_000),
  };
}

/** `18`. */
async function versionOf(sql: Sql): Promise<number> {
  const [found] = await sql<{ number: number }>(`SELECT current_setting('server_version_num')::int AS number`);
  return Math.floor((found?.number ?? 0) / 10_000);
}

/** A record in the log that changes nothing; gives its place. Before 16 one that makes an idle server archive once more. */
async function addRecord(sql: Sql, version: number): Promise<string> {
  const record = version >= 16 ? 'pg_log_standby_snapshot()' : `pg_logical_emit_message(false, 'pointsman', '')`;
  const [added] = await sql<{ lsn: string }>(`SELECT ${record}::text AS lsn`);
  return added?.lsn ?? '';
}

async function flushed(sql: Sql, lsn: string): Promise<void> {
  for (const deadline = Date.now() + ARCHIVE_MS; Date.now() < deadline; await pause(5)) {
    const [seen] = await sql<{ done: boolean }>('SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn AS done', [lsn]);
    if (seen?.done === true) return;
  }
}

const archiverState = (address: SqlAddress): Promise<string> =>
  sqlSession(address, 2_000, async (sql) => {
    const [seen] = await sql('SELECT last_archived_wal, last_failed_wal, failed_count::int FROM pg_stat_archiver');
    return `the server archived ${String(seen?.['last_archived_wal'])} last and failed ${String(seen?.['failed_count'])} times, last at ${String(seen?.['last_failed_wal'])}`;
  }).catch((thrown: Error) => thrown.message);

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SiteName } from '../../../../functions/ports/recovery/position.ts';
import type { SwitchoverToken } from '../../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { readTimelineHistory } from '../../replication/timeline-history.ts';
import { endOfCheckpoint } from '../../server/end-of-record.ts';
import { giveTo } from '../../server/server-user.ts';
import { positionOf } from '../../sql/position-of.ts';
import { isUnanswered, SqlFailure, sqlSession, type Sql } from '../../sql/sql-session.ts';
import { standbyPosition } from '../../sql/standby-position.ts';
import { reachable, stillWorking, unreachable, type KeptSite } from '../kept-site.ts';
import { slotOf } from '../site-settings.ts';
import { ensureSlot } from './promote-site.ts';
import { bringUp } from './start-site.ts';

/** Makes the site's own data a standby of `leader`, when the leader has all that is in it. */
export async function followLeader(site: KeptSite, leader: SiteName, token: SwitchoverToken): Promise<void> {
  const { role } = site.read();
  if (role.kind === 'standby' && role.leader === leader && (await isStreaming(site))) return;
  const leading = await askLeader(site, leader, leaderFacts);
  const own = await ownEnd(site);
  const shared = leading.sharedUpTo.get(own.timeline) ?? -1n;
  const diverged = (found: string) =>
    new StepFailure('Pointsman.Diverged', `${site.setup.group}/${site.setup.site} ${found}: it must be rebuilt`);
  if (own.systemId !== leading.systemId || token.lineage !== own.systemId)
    throw diverged(`holds ${own.systemId}, ${leader} ${leading.systemId}, the token is of ${token.lineage}`);
  if (own.end === undefined) throw diverged('did not end by a shutdown, so nothing tells where it ended');
  if (own.end > shared)
    throw diverged(`ends at ${own.end} of branch ${own.timeline}, of which ${leader} has what is before ${shared}`);
  await becomeStandby(site, leader);
}

/** Makes the data a standby's, starts it, and waits until changes arrive. Safe to repeat. */
export async function becomeStandby(site: KeptSite, leader: SiteName): Promise<void> {
  const { folders, setup } = site;
  await askLeader(site, leader, (sql) => ensureSlot(sql, slotOf(setup.site)));
  await seeBranchMarked(site, leader);
  await site.note({
    role: { kind: 'standby', leader },
    wanted: 'running',
    frozen: false,
    isolated: false,
    detached: false,
    fencedItself: null,
    synchronous: [],
    promotion: null,
  });
  const signal = join(folders.data, 'standby.signal');
  await writeFile(signal, '', { mode: 0o600 });
  await giveTo(setup.user, signal);
  await site.configure();
  await bringUp(site);
  await reachable(site, 2000, dropOwnSlots);
  for (const deadline = Date.now() + 2000; !(await isStreaming(site)); await pause(10))
    if (Date.now() > deadline) throw stillWorking(site, `gets nothing from ${leader} yet`);
}

/** @throws StepFailure `Pointsman.StillWorking` while the leader's control file names the timeline it had before its promotion */
async function seeBranchMarked(site: KeptSite, leader: SiteName): Promise<void> {
  const [found] = await askLeader(site, leader, (sql) =>
    sql<{ marked: boolean }>(
      `SELECT timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS marked
         FROM pg_control_checkpoint()`,
    ),
  );
  if (found?.marked) return;
  await askLeader(site, leader, (sql) => sql('CHECKPOINT')).catch(() => {
    throw stillWorking(site, `waits for ${leader}'s first checkpoint as primary`);
  });
}

/** Whether changes arrive at a running standby. */
export async function isStreaming(site: KeptSite): Promise<boolean> {
  if (site.server.pid() === undefined) return false;
  try {
    const [found] = await site.sql(1000, (sql) => sql(`SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'`));
    return found !== undefined;
  } catch (error) {
    if (error instanceof SqlFailure) return false;
    throw error;
  }
}

export async function askLeader<T>(site: KeptSite, leader: SiteName, use: (sql: Sql) => Promise<T>): Promise<T> {
  const port = site.setup.peers[leader];
  if (port === undefined) throw new StepFailure('Pointsman.NoSuchSite', `${site.setup.group} has no site ${leader}`);
  try {
    return await sqlSession(await site.address(port), 3000, use);
  } catch (error) {
    if (isUnanswered(error)) throw unreachable(site, `does not reach ${leader}: ${error.message}`);
    throw error;
  }
}

interface LeaderFacts {
  readonly systemId: string;
  /** By timeline, where what the leader has of it ends. */
  readonly sharedUpTo: ReadonlyMap<number, bigint>;
}

async function leaderFacts(sql: Sql): Promise<LeaderFacts> {
  const [found] = await sql<{ id: string; standby: boolean }>(
    'SELECT system_identifier::text AS id, pg_is_in_recovery() AS standby FROM pg_control_system()',
  );
  if (found === undefined || found.standby) throw new StepFailure('Pointsman.NotPrimary', 'the leader is no primary');
  const now = await positionOf(sql, 'pg_current_wal_flush_lsn()');
  const [{ history } = { history: null }] = await sql<{ history: string | null }>(
    `SELECT pg_read_file('pg_wal/' || lpad(upper(to_hex($1::int)), 8, '0') || '.history', 0, 1000000, true) AS history`,
    [now.branch],
  );
  const ancestors = readTimelineHistory(history ?? '').map(({ timeline, fork }) => [timeline, fork] as const);
  return { systemId: found.id, sharedUpTo: new Map([...ancestors, [Number(now.branch), BigInt(now.offset)]]) };
}

/** Of a primary from what it left behind; of a standby from what it was sent, which it is started for, cut off. */
async function ownEnd(site: KeptSite) {
  const control = await site.control();
  if (control === undefined) throw unreachable(site, 'has no data');
  const { systemId, timeline } = control;
  if (site.read().role.kind === 'primary') {
    if (site.server.pid() !== undefined) return { systemId, timeline, end: undefined };
    const clean = control.state === 'shut down';
    return { systemId, timeline, end: clean ? await endOfCheckpoint(site.folders.data, control) : undefined };
  }
  if (site.server.pid() === undefined) {
    await site.note({ detached: true });
    await site.configure();
    await bringUp(site);
  }
  const address = await site.address();
  const { received } = await reachable(site, 3000, (sql) => standbyPosition(sql, address));
  return { systemId, timeline: Number(received.branch), end: BigInt(received.offset) };
}

/** Of the time when it was primary: they would keep what nobody fetches any more. */
const dropOwnSlots = (sql: Sql): Promise<unknown> =>
  sql(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
      WHERE slot_type = 'physical' AND NOT active AND starts_with(slot_name, 'pointsman_')`,
  );

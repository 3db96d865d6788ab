import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { covers } from '../../../../functions/ports/recovery/position.ts';
import type { Promotion, SwitchoverToken } from '../../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { readTimelineHistory } from '../../replication/timeline-history.ts';
import { giveTo } from '../../server/server-user.ts';
import { standbyPosition } from '../../sql/standby-position.ts';
import type { Sql } from '../../sql/sql-session.ts';
import { reachable, stillWorking, type KeptSite } from '../kept-site.ts';
import type { OwnPromotion } from '../site-record.ts';
import { slotOf } from '../site-settings.ts';

/**
 * Makes the site primary. Resolves when it takes writes, which a crash does not undo, and not behind a checkpoint, which takes as
 * long as there are changes to be written out: writes would wait for it. Unknown outcome: it looks before it acts.
 */
export async function promoteSite(
  site: KeptSite,
  epoch: number,
  token: SwitchoverToken | undefined,
): Promise<Promotion> {
  const { promotion: known } = site.read();
  return reachable(site, 4200, async (sql) => {
    if ((await progressOf(sql)).inRecovery) {
      if (token !== undefined) await assertCovered(site, sql, token);
      await site.note({ promotion: { epoch, done: null } }); // not before: a promotion that is refused leaves the one before on record
      await signalPromotion(site);
      await keepForPeers(site, sql); // there is no way back, and time
      await becomesPrimary(site, sql);
    } else if (known?.epoch !== epoch) {
      throw new StepFailure('Pointsman.NotStandby', `${site.setup.group}/${site.setup.site} is primary already`);
    } else if (known.done !== null) {
      return known.done.promotion;
    } else {
      await keepForPeers(site, sql);
    }
    const done = await settle(site, epoch, sql);
    site.warm();
    markBranch(site);
    return done.promotion;
  });
}

async function becomesPrimary(site: KeptSite, sql: Sql): Promise<void> {
  for (const deadline = Date.now() + 3500; ; await pause(1)) {
    const { inRecovery, summarizer } = await progressOf(sql);
    if (!inRecovery) return;
    if (Date.now() > deadline) throw stillWorking(site, 'applies what it was sent, and is primary then');
    wake(summarizer);
  }
}

/** Everything after the role has changed. Safe to repeat. */
async function settle(site: KeptSite, epoch: number, sql: Sql): Promise<OwnPromotion> {
  const done = await promotionOf(site, sql);
  const primary = {
    role: { kind: 'primary' },
    frozen: false,
    synchronous: [],
    detached: false,
    rebuilt: null,
  } as const;
  await Promise.all([site.note({ ...primary, promotion: { epoch, done } }), site.configure()]);
  return done;
}

/** What the others will need is kept from this moment on, though they do not follow yet. */
async function keepForPeers({ setup }: KeptSite, sql: Sql): Promise<void> {
  for (const peer of Object.keys(setup.peers)) if (peer !== setup.site) await ensureSlot(sql, slotOf(peer));
}

/**
 * Until a new primary has a checkpoint, its control file names the old timeline, and tools that compare it (pg_rewind among
 * them) destroy what they touch. Its own may take minutes. Whoever follows it sees to it too (`seeBranchMarked`).
 */
function markBranch(site: KeptSite): void {
  const { group, site: name } = site.setup;
  const mark = () => {
    if (site.server.pid() === undefined) return; // what ends by a shutdown has a checkpoint
    site
      .sql(longestCheckpointMs, (sql) => sql('CHECKPOINT'))
      .catch((error: Error) => {
        console.error(
          `${new Date().toISOString()} ${group}/${name} has no checkpoint behind its promotion: ${error.message}`,
        );
      });
  };
  setTimeout(mark, clientsAreBackMs).unref();
}

const longestCheckpointMs = 3_600_000;
const clientsAreBackMs = 1000;

export const ensureSlot = (sql: Sql, slot: string): Promise<unknown> =>
  sql(
    `SELECT pg_create_physical_replication_slot($1, true)
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
    [slot],
  );

async function promotionOf({ setup }: KeptSite, sql: Sql): Promise<OwnPromotion> {
  const [found] = await sql<{ timeline: string; history: string; at: number; xid: string }>(
    `SELECT timeline, pg_read_file('pg_wal/' || timeline || '.history') AS history,
            (extract(epoch FROM clock_timestamp()) * 1000)::bigint::float8 AS at,
            pg_snapshot_xmax(pg_current_snapshot())::text AS xid
       FROM (SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline) AS own`,
  );
  const parent = readTimelineHistory(found?.history ?? '').at(-1);
  if (found === undefined || parent === undefined) throw new Error('a promoted server has no parent timeline');
  const fork = { branch: String(parent.timeline), offset: String(parent.fork) };
  const branch = String(Number.parseInt(found.timeline, 16));
  return { promotion: { site: setup.site, fork, branch, at: found.at }, firstXid: found.xid };
}

async function assertCovered(site: KeptSite, sql: Sql, token: SwitchoverToken): Promise<void> {
  const name = `${site.setup.group}/${site.setup.site}`;
  const lineage = (await site.control())?.systemId;
  const address = await site.address();
  const fail = (found: string) =>
    new StepFailure(
      'Pointsman.NotCaughtUp',
      `${name} ${found}; the token ends at ${token.end.offset} of branch ${token.end.branch}`,
    );
  if (lineage !== token.lineage) throw fail(`holds other data (${lineage}) than the token's (${token.lineage})`);
  for (const deadline = Date.now() + 1000; ; await pause(5)) {
    const timeline = site.replayTimeline(); // at once: nobody sends to it any more, so it will be asked
    timeline.catch(() => {}); // told by what waits for it
    const { received, applied } = await standbyPosition(sql, address, () => timeline);
    if (covers(applied, token.end) && applied.branch === token.end.branch) return;
    if (!covers(received, token.end)) {
      if (Date.now() > deadline) throw fail(`was sent all up to ${received.offset} of branch ${received.branch}`);
    } else if (Date.now() > deadline) throw stillWorking(site, 'applies what it was sent');
  }
}

interface Progress {
  readonly inRecovery: boolean;
  /** Its pid; null: there is none. */
  readonly summarizer: number | null;
}

async function progressOf(sql: Sql): Promise<Progress> {
  const [found] = await sql<Progress>(
    `SELECT pg_is_in_recovery() AS "inRecovery",
            (SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsummarizer' LIMIT 1) AS summarizer`,
  );
  return found ?? { inRecovery: true, summarizer: null };
}

/**
 * Since 17 a promotion waits until the log is summarized up to its end, and the summarizer of a quiet server sleeps up to 30
 * seconds: measured as 5 seconds more without writes. It looks again when it is told to read its settings.
 */
function wake(summarizer: number | null): void {
  if (summarizer === null) return;
  try {
    process.kill(summarizer, 'SIGHUP');
  } catch {
    // it ended just now
  }
}

/** As pg_promote does, which looks for the outcome only ten times a second. (pg_promote, xlogfuncs.c) */
async function signalPromotion({ folders, setup, server }: KeptSite): Promise<void> {
  // Under another name first: a server that looks by itself takes the file as soon as it is there.
  const file = join(folders.data, 'promote.given');
  await writeFile(file, '', { mode: 0o600 });
  await giveTo(setup.user, file);
  await rename(file, join(folders.data, 'promote'));
  server.signal('SIGUSR1');
}

import { writeFile } from 'node:fs/promises';
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
 * Makes the site primary. Resolves behind a checkpoint: until there is one, the control file names the old timeline, and
 * tools that compare it (pg_rewind among them) destroy what they touch. Unknown outcome: it looks before it acts.
 */
export async function promoteSite(
  site: KeptSite,
  epoch: number,
  token: SwitchoverToken | undefined,
): Promise<Promotion> {
  const { promotion: known } = site.read();
  return reachable(site, 4200, async (sql) => {
    if (await inRecovery(sql)) {
      if (token !== undefined) await assertCovered(site, sql, token);
      await site.note({ promotion: { epoch, done: null } });
      await wakeSummarizer(sql);
      await signalPromotion(site);
      for (let looks = 1; await inRecovery(sql); looks += 1, await pause(3)) {
        if (looks > 1000) throw stillWorking(site, 'applies what it was sent, and is primary then');
        if (looks % 5 === 0) await wakeSummarizer(sql);
      }
    } else if (known?.epoch !== epoch) {
      throw new StepFailure('Pointsman.NotStandby', `${site.setup.group}/${site.setup.site} is primary already`);
    } else if (known.done !== null) {
      return known.done.promotion;
    }
    const done = await settle(site, sql);
    await site.note({ promotion: { epoch, done } });
    return done.promotion;
  });
}

/** Everything after the role has changed. Safe to repeat. */
async function settle(site: KeptSite, sql: Sql): Promise<OwnPromotion> {
  await site.note({ role: { kind: 'primary' }, frozen: false, synchronous: [], detached: false, rebuilt: null });
  await site.configure();
  const [{ xid } = { xid: '' }] = await sql<{ xid: string }>(
    `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid`,
  );
  // What the others will need is kept from this moment on, though they do not follow yet.
  for (const peer of Object.keys(site.setup.peers)) if (peer !== site.setup.site) await ensureSlot(sql, slotOf(peer));
  await sql('CHECKPOINT');
  return { promotion: await promotionOf(site, sql), firstXid: xid };
}

export const ensureSlot = (sql: Sql, slot: string): Promise<unknown> =>
  sql(
    `SELECT pg_create_physical_replication_slot($1, true)
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
    [slot],
  );

async function promotionOf({ setup }: KeptSite, sql: Sql): Promise<Promotion> {
  const [found] = await sql<{ branch: number; history: string; at: number }>(
    `SELECT timeline_id AS branch, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::float8 AS at,
            pg_read_file('pg_wal/' || lpad(upper(to_hex(timeline_id)), 8, '0') || '.history') AS history
       FROM pg_control_checkpoint()`,
  );
  const parent = readTimelineHistory(found?.history ?? '').at(-1);
  if (found === undefined || parent === undefined) throw new Error('a promoted server has no parent timeline');
  const fork = { branch: String(parent.timeline), offset: String(parent.fork) };
  return { site: setup.site, fork, branch: String(found.branch), at: found.at };
}

async function assertCovered(site: KeptSite, sql: Sql, token: SwitchoverToken): Promise<void> {
  const name = `${site.setup.group}/${site.setup.site}`;
  const lineage = (await site.control())?.systemId;
  const fail = (found: string) =>
    new StepFailure(
      'Pointsman.NotCaughtUp',
      `${name} ${found}; the token ends at ${token.end.offset} of branch ${token.end.branch}`,
    );
  if (lineage !== token.lineage) throw fail(`holds other data (${lineage}) than the token's (${token.lineage})`);
  for (const deadline = Date.now() + 1000; ; await pause(5)) {
    const { received, applied } = await standbyPosition(sql, await site.address());
    if (covers(applied, token.end) && applied.branch === token.end.branch) return;
    if (!covers(received, token.end)) {
      if (Date.now() > deadline) throw fail(`was sent all up to ${received.offset} of branch ${received.branch}`);
    } else if (Date.now() > deadline) throw stillWorking(site, 'applies what it was sent');
  }
}

const inRecovery = async (sql: Sql): Promise<boolean> =>
  (await sql<{ is: boolean }>('SELECT pg_is_in_recovery() AS is'))[0]?.is !== false;

/**
 * Since 17 a promotion waits until the log is summarized up to its end, and the summarizer of a quiet server sleeps up to 30
 * seconds: measured as 5 seconds more without writes. It looks again when it is told to read its settings.
 */
async function wakeSummarizer(sql: Sql): Promise<void> {
  const [found] = await sql<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsummarizer'`);
  if (found === undefined) return;
  try {
    process.kill(found.pid, 'SIGHUP');
  } catch {
    // it ended just now
  }
}

/** As pg_promote does, which looks for the outcome only ten times a second. (pg_promote, xlogfuncs.c) */
async function signalPromotion({ folders, setup, server }: KeptSite): Promise<void> {
  const file = join(folders.data, 'promote');
  await writeFile(file, '', { mode: 0o600 });
  await giveTo(setup.user, file);
  server.signal('SIGUSR1');
}

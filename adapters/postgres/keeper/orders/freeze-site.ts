import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { positionOf } from '../../sql/position-of.ts';
import type { Sql } from '../../sql/sql-session.ts';
import { reachable, stillWorking, type KeptSite } from '../kept-site.ts';

/**
 * New transactions are read-only from here on, and sessions of clients have ended. Resolves with the end of what was
 * acknowledged, which is durable then, also of commits that did not wait for it.
 */
export async function freezeSite(site: KeptSite): Promise<Position> {
  if (site.read().role.kind !== 'primary') throw notPrimary(site);
  return reachable(site, 4000, async (sql) => {
    await note(site, true);
    await endClients(site, sql);
    // A server that archives has the rest of its log archived before it ends: begun here, it is done while standbys catch up.
    // What is switched is on disk, as all before it is. (XLogInsertRecord, ShutdownXLOG, xlog.c)
    if (site.setup.archiveCommand !== undefined) return positionOf(sql, 'pg_switch_wal()');
    await sql(commit);
    return positionOf(sql, 'pg_current_wal_flush_lsn()');
  });
}

/** Waits for the disk and takes the commits before it along, which may not have. A standby that is gone does not hold it up. */
const commit = `BEGIN READ WRITE; SET LOCAL synchronous_commit = local;
  SELECT pg_logical_emit_message(true, 'pointsman', 'frozen'); COMMIT`;

export async function thawSite(site: KeptSite): Promise<void> {
  if (!site.read().frozen) return;
  await reachable(site, 3000, async (sql) => {
    await note(site, false);
    for (let left = 900; left > 0; left -= 1) {
      const [found] = await sql<{ frozen: boolean }>(`SELECT ${isFrozen} AS frozen`);
      if (found?.frozen === false) return;
      await pause(1);
    }
    throw notTaken(site, 'off');
  });
}

export const notPrimary = ({ setup, read }: KeptSite): StepFailure =>
  new StepFailure('Pointsman.NotPrimary', `${setup.group}/${setup.site} is a ${read().role.kind}, no primary`);

async function note(site: KeptSite, frozen: boolean): Promise<void> {
  await Promise.all([site.note({ frozen }), site.configure()]);
}

const isFrozen = `current_setting('default_transaction_read_only') = 'on'`;

/**
 * Once this session is told that new transactions are read-only, every session that begins is. Again until there is no other:
 * one that connected meanwhile may not know yet. Observers may stay.
 */
async function endClients(site: KeptSite, sql: Sql): Promise<void> {
  let isTaken = false;
  for (let left = 900; left > 0; left -= 1) {
    const [found] = await sql<{ frozen: boolean; ended: number }>(
      `SELECT ${isFrozen} AS frozen, (SELECT count(pg_terminate_backend(pid))::int FROM pg_stat_activity
         WHERE ${isFrozen} AND backend_type = 'client backend' AND (usename <> $1 OR application_name <> 'pointsman')) AS ended`,
      [site.setup.superuser],
    );
    if (found?.frozen && found.ended === 0) return;
    isTaken ||= found?.frozen === true;
    await pause(1);
  }
  throw isTaken ? stillWorking(site, 'has sessions that do not end') : notTaken(site, 'on');
}

function notTaken({ setup }: KeptSite, wanted: 'on' | 'off'): StepFailure {
  const why = 'somebody set it with ALTER SYSTEM: reset it there';
  const message = `${setup.site} does not take default_transaction_read_only = ${wanted}: ${why}`;
  return new StepFailure('Pointsman.SiteUnreachable', message);
}

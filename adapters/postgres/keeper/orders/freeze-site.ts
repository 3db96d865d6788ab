import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { positionOf } from '../../sql/position-of.ts';
import type { Sql } from '../../sql/sql-session.ts';
import { reachable, type KeptSite } from '../kept-site.ts';

/**
 * New transactions are read-only from here on, and sessions of clients have ended. Resolves with the end of what was
 * acknowledged, which is durable then, also of commits that did not wait for it.
 */
export async function freezeSite(site: KeptSite): Promise<Position> {
  if (site.read().role.kind !== 'primary') throw notPrimary(site);
  return reachable(site, 4000, async (sql) => {
    await setFrozen(site, sql, true);
    await endClients(site, sql);
    // A commit that waits for the disk takes those before it along, which may not have waited.
    await sql(`SET default_transaction_read_only = off`);
    await sql(`SET synchronous_commit = local`); // a standby that is gone must not hold this up
    await sql(`SELECT pg_logical_emit_message(true, 'pointsman', 'frozen')`);
    return positionOf(sql, 'pg_current_wal_flush_lsn()');
  });
}

export async function thawSite(site: KeptSite): Promise<void> {
  if (!site.read().frozen) return;
  await reachable(site, 3000, (sql) => setFrozen(site, sql, false));
}

export const notPrimary = ({ setup, read }: KeptSite): StepFailure =>
  new StepFailure('Pointsman.NotPrimary', `${setup.group}/${setup.site} is a ${read().role.kind}, no primary`);

async function setFrozen(site: KeptSite, sql: Sql, frozen: boolean): Promise<void> {
  await site.note({ frozen });
  await site.configure();
  const wanted = frozen ? 'on' : 'off';
  for (let left = 300; left > 0; left -= 1) {
    const [found] = await sql<{ is: string }>(
      `SELECT reset_val AS is FROM pg_settings WHERE name = 'default_transaction_read_only'`,
    );
    if (found?.is === wanted) return;
    await pause(3);
  }
  const why = 'somebody set it with ALTER SYSTEM: reset it there';
  throw new StepFailure(
    'Pointsman.SiteUnreachable',
    `${site.setup.site} does not take default_transaction_read_only = ${wanted}: ${why}`,
  );
}

/** Again until there is none: one that connected meanwhile may not know yet that it must not write. Observers may stay. */
async function endClients({ setup }: KeptSite, sql: Sql): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const found = await sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND (usename <> $1 OR application_name <> 'pointsman')`,
      [setup.superuser],
    );
    if (found.length === 0) return;
    await pause(3);
  }
  throw new StepFailure(
    'Pointsman.StillWorking',
    `${setup.group}/${setup.site} has sessions that do not end; ask again`,
  );
}

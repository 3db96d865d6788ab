import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { KeptSessions } from '../sql/kept-sessions.ts';
import { isUnanswered } from '../sql/sql-session.ts';
import type { SitePlace } from './group-place.ts';

/** True as soon as the site shows everything up to the position; false after `withinMs`, at most 2,000. */
export async function awaitPosition(
  site: SitePlace,
  sessions: KeptSessions,
  position: Position,
  withinMs: number,
): Promise<boolean> {
  const deadline = Date.now() + Math.min(withinMs, 2000);
  try {
    return await sessions.ask(await site.sql(), Math.min(withinMs, 2000) + 1500, async (sql) => {
      for (;;) {
        const [found] = await sql<{ there: boolean }>(
          `SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
                    - '0/0' >= $1::numeric AS there`,
          [position.offset],
        );
        if (found?.there) return true;
        if (Date.now() >= deadline) return false;
        await pause(1);
      }
    });
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw new StepFailure('Pointsman.SiteUnreachable', `${site.keeper.name} does not answer: ${error.message}`, {
      cause: error,
    });
  }
}

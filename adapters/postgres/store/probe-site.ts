import { StepFailure } from '../../../functions/step-failure.ts';
import type { KeptSessions } from '../sql/kept-sessions.ts';
import type { SitePlace } from './group-place.ts';

/** One row there, and read and away again, each in a transaction of its own, as a client would. */
export async function probeSite(site: SitePlace, sessions: KeptSessions, epoch: number): Promise<void> {
  try {
    await sessions.ask(await site.sql(), 3000, async (sql) => {
      const [row] = await sql<{ id: string }>(
        `INSERT INTO pointsman_recovery.probe (id, epoch) VALUES ((random() * 1e15)::bigint, $1) RETURNING id::text`,
        [epoch],
      );
      const [read] = await sql<{ epoch: number }>(
        'DELETE FROM pointsman_recovery.probe WHERE id = $1 RETURNING epoch::float8 AS epoch',
        [row?.id],
      );
      if (read?.epoch !== epoch) throw new Error(`wrote epoch ${epoch}, read ${String(read?.epoch)}`);
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StepFailure('Pointsman.ProbeFailed', `${site.keeper.name} did not take a row: ${why}`, { cause });
  }
}

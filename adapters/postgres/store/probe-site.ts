import { StepFailure } from '../../../functions/step-failure.ts';
import { sqlSession } from '../sql/sql-session.ts';
import type { SitePlace } from './group-place.ts';

/** One row there and away again, each in a transaction of its own, as a client would. */
export async function probeSite(site: SitePlace, epoch: number): Promise<void> {
  try {
    await sqlSession(await site.sql(), 3000, async (sql) => {
      const [row] = await sql<{ id: string }>(
        `INSERT INTO pointsman_recovery.probe (id, epoch) VALUES ((random() * 1e15)::bigint, $1) RETURNING id::text`,
        [epoch],
      );
      const [read] = await sql<{ epoch: number }>(
        'SELECT epoch::float8 AS epoch FROM pointsman_recovery.probe WHERE id = $1',
        [row?.id],
      );
      await sql('DELETE FROM pointsman_recovery.probe WHERE id = $1', [row?.id]);
      if (read?.epoch !== epoch) throw new Error(`wrote epoch ${epoch}, read ${String(read?.epoch)}`);
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StepFailure('Pointsman.ProbeFailed', `${site.keeper.name} did not take a row: ${why}`, { cause });
  }
}

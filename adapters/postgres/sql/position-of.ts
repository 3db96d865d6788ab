import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { Sql } from './sql-session.ts';

/** The place that an expression gives, on the timeline a primary writes now. */
export async function positionOf(sql: Sql, expression: string): Promise<Position> {
  const [found] = await sql<Position>(
    `SELECT (${expression} - '0/0'::pg_lsn)::text AS offset,
            ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int::text AS branch`,
  );
  if (found === undefined) throw new Error(`${expression} gave nothing`);
  return found;
}

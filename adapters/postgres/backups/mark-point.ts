import type { Position } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { readLsn } from '../replication/lsn.ts';
import { sqlSession } from '../sql/sql-session.ts';
import type { LogSite } from './log-site.ts';

/** Marks this moment under a name, durably in the vault; a name that is archived already keeps its place. */
export async function markPoint(site: LogSite, name: string): Promise<Position> {
  if (name === '' || Buffer.byteLength(name) > 63)
    throw new StepFailure('Pointsman.BadName', `${JSON.stringify(name)} cannot be marked: a name has 1 to 63 bytes`);
  await site.settle(); // so that a mark of a run that died is seen
  const address = await site.address();
  const [server] = await sqlSession(address, 5_000, (sql) =>
    sql<{ lineage: string; timeline: number }>(
      `SELECT system_identifier::text AS lineage, ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS timeline
         FROM pg_control_system()`,
    ),
  );
  if (server === undefined) throw new Error('the server told nothing');
  const branch = String(server.timeline);
  const known = await findPoint(site, server.lineage, name);
  if (known !== undefined) return known;
  const [marked] = await sqlSession(address, 5_000, (sql) =>
    sql<{ lsn: string }>('SELECT pg_create_restore_point($1)::text AS lsn', [name]),
  );
  await site.settle();
  return { branch, offset: String(readLsn(marked?.lsn ?? '')) };
}

async function findPoint(site: LogSite, lineage: string, name: string): Promise<Position | undefined> {
  const archive = site.archive(lineage);
  for (const segment of (await archive.names()).filter((each) => /^[0-9A-F]{24}$/.test(each))) {
    const point = (await archive.facts(segment)).points.find((each) => each.name === name);
    const timeline = String(Number.parseInt(segment.slice(0, 8), 16));
    if (point !== undefined) return { branch: timeline, offset: point.offset };
  }
  return undefined;
}

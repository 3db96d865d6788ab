import { setTimeout as pause } from 'node:timers/promises';
import { type Sql, sqlSession } from '../../adapters/postgres/sql/sql-session.ts';
import type { WriteEndpoint } from '../../functions/ports/recovery/write-endpoint.ts';
import { names, type PostgresGroup } from '../support/postgres-group.ts';

/** A site that does not answer within this is not one that takes writes. */
const soonMs = 400;

/**
 * Clients of a group: one writes through the endpoint all the time, the others are sent to each site itself now and then. What
 * was acknowledged is kept, and where, and by which branch.
 */
export function watchedWriter(group: PostgresGroup, endpoint: WriteEndpoint, port: number) {
  const acknowledged: number[] = [];
  const unanswered = new Set<number>();
  const broken = new Set<string>();
  const wroteAt = new Map<number, Set<string>>();
  let rows = 0;
  let newest = { branch: 0, site: '', at: 0 };
  let leftOut: string | undefined;
  let isOver = false;

  /** Writes one row and notes what became of it. A branch that took a write is the last word: no older one takes any after it. */
  async function writeRow(sql: Sql, site: string): Promise<void> {
    const id = ++rows;
    const began = performance.now();
    unanswered.add(id);
    const [written] = await sql<{ branch: number }>(insert, [id, `value ${id}`]);
    unanswered.delete(id);
    acknowledged.push(id);
    const { branch = 0 } = written ?? {};
    if (branch < newest.branch && began > newest.at)
      broken.add(`${site} took row ${id} on branch ${branch} after ${newest.site} had taken one on ${newest.branch}`);
    if (branch > newest.branch) newest = { branch, site, at: performance.now() };
  }

  const writeAt = (site: string): Promise<void> =>
    site === leftOut
      ? Promise.resolve()
      : group.client(site, (sql) => writeRow(sql, site), soonMs).catch(() => undefined);

  const address = { port, user: 'client', password: 'client', database: 'postgres' };
  async function throughEndpoint(sql: Sql): Promise<void> {
    while (!isOver) {
      const before = await endpoint.observe('shop');
      await writeRow(sql, before.site ?? '');
      const after = await endpoint.observe('shop');
      if (after.version === before.version && before.site !== undefined)
        wroteAt.set(before.epoch, (wroteAt.get(before.epoch) ?? new Set()).add(before.site));
      await pause(20);
    }
  }
  async function writeOn(): Promise<void> {
    while (!isOver) {
      await sqlSession(address, 3_600_000, throughEndpoint).catch(() => undefined);
      if (!isOver) await pause(20);
    }
  }
  const writing = writeOn();

  const takesWrites = async (site: string): Promise<boolean> => {
    if (site === leftOut) return false;
    const [seen] = await group
      .client(site, (sql) => sql<{ takes: boolean }>(takesQuery), soonMs)
      .catch(() => [{ takes: false }]);
    return seen?.takes === true;
  };

  return {
    acknowledged,
    unanswered,
    broken,
    /** By the epoch of the endpoint, the sites at which it was written through it. */
    wroteAt,
    /** A site that hangs: asking it takes long and tells nothing. */
    leaveOut: (site: string | undefined) => void (leftOut = site),
    /** One client at each site itself; another writes through the endpoint all the time. */
    write: async () => void (await Promise.all(names.map(writeAt))),
    /** Those that take writes at one and the same moment. */
    async writable(): Promise<readonly string[]> {
      const seen = await Promise.all(names.map(takesWrites));
      const found = names.filter((_, at) => seen[at]);
      const [first = ''] = found;
      // They were asked one after the other, however little: the first must still say so.
      return found.length < 2 || (await takesWrites(first)) ? found : found.slice(1);
    },
    async end(): Promise<void> {
      isOver = true;
      const { version, epoch, site } = await endpoint.observe('shop');
      // One that hangs in a session would wait for ever.
      await Promise.race([writing, pause(1000)]);
      await endpoint.change('shop', version, epoch, { site, sessions: 'refused' }).catch(() => undefined);
      await writing;
    },
  };
}

const insert = `
  INSERT INTO entries VALUES ($1, $2)
  RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS branch`;

const takesQuery = `
  SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS takes`;

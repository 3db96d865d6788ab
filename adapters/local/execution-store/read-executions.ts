import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Head } from '../../../engine/core/execution.ts';
import type { ExecutionStore, Page } from '../../../engine/runner/ports.ts';
import { pageToken, readPageToken } from '../../../engine/runner/page-token.ts';
import { type Row, SUMMARY_COLUMNS, readEffect, readEvent, readFrame, readMapRun, readSummary } from './rows.ts';

type ExecutionReader = Pick<
  ExecutionStore,
  'load' | 'summary' | 'history' | 'list' | 'mapRun' | 'mapRuns' | 'outbox' | 'effect'
>;

/** The questions about executions. Each is answered in one turn, between two transactions, so its parts belong together. */
export function executionReader(db: DatabaseSync): ExecutionReader {
  const summaryOf = db.prepare(`SELECT ${SUMMARY_COLUMNS} FROM summary WHERE arn = ?`);
  const headOf = db.prepare('SELECT version, status, last_event FROM head WHERE execution = ?');
  const framesOf = db.prepare('SELECT id, body FROM frame WHERE execution = ?');
  const eventsOf = 'SELECT e.id, e.body FROM event e JOIN summary s ON s.id = e.execution WHERE s.arn = ?';
  const eventsForward = db.prepare(`${eventsOf} AND e.id > ? ORDER BY e.id LIMIT ?`);
  const eventsBack = db.prepare(`${eventsOf} AND e.id < ? ORDER BY e.id DESC LIMIT ?`);
  const listings = new Map<string, StatementSync>();
  const listingBy = (columns: string): StatementSync => {
    const known = listings.get(columns);
    if (known !== undefined) return known;
    const filter = columns === '' ? '' : `${columns.replaceAll(',', ' = ? AND ')} = ? AND`;
    const listing = db.prepare(
      `SELECT ${SUMMARY_COLUMNS} FROM summary WHERE ${filter} (started, id) < (?, ?)
       ORDER BY started DESC, id DESC LIMIT ?`,
    );
    listings.set(columns, listing);
    return listing;
  };
  const mapRunOf = db.prepare('SELECT body FROM map_run WHERE arn = ?');
  const mapRunsOf = db.prepare('SELECT id, body FROM map_run WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?');
  const openEffects = db.prepare('SELECT execution, id, place FROM effect ORDER BY place');
  const openEffectsOf = db.prepare(
    `SELECT f.execution, f.id, f.place FROM effect f JOIN summary s ON s.id = f.execution
     WHERE s.arn = ? ORDER BY f.place`,
  );
  const effectAt = db.prepare(
    `SELECT s.arn, f.body FROM effect f JOIN summary s ON s.id = f.execution
     WHERE f.execution = ? AND f.id = ? AND f.place = ?`,
  );
  const effectOf = db.prepare(
    'SELECT f.body FROM effect f JOIN summary s ON s.id = f.execution WHERE s.arn = ? AND f.id = ?',
  );

  return {
    load: async (arn) => {
      const row = summaryOf.get(arn);
      const head = row && headOf.get(Number(row.id));
      if (row === undefined || head === undefined) return undefined;
      const frames = framesOf.all(Number(row.id)).map((frame) => [String(frame.id), readFrame(frame)] as const);
      return {
        summary: readSummary(row),
        version: Number(head.version),
        head: readHead(head),
        frames: Object.fromEntries(frames),
      };
    },

    summary: async (arn) => {
      const row = summaryOf.get(arn);
      return row && readSummary(row);
    },

    history: async (arn, { limit, reverse, from }) => {
      const kind = `${reverse ? 'reversed ' : ''}history of ${arn}`;
      const [after] = readPageToken(kind, from, [reverse ? Number.MAX_SAFE_INTEGER : 0]);
      const rows = (reverse ? eventsBack : eventsForward).all(arn, Number(after), limit + 1);
      return pageOf(rows, limit, readEvent, (last) => pageToken(kind, [Number(last.id)]));
    },

    list: async ({ machineArn, versionArn, aliasArn, mapRunArn, status, limit, from }) => {
      const wanted = {
        machine: machineArn,
        version_arn: versionArn,
        alias_arn: aliasArn,
        map_run: mapRunArn,
        status,
      };
      const filters = Object.entries(wanted).flatMap(([column, value]) =>
        value === undefined ? [] : [{ column, value }],
      );
      const kind = `executions ${JSON.stringify(wanted)}`;
      const [started = 0, id = 0] = readPageToken(kind, from, [Number.MAX_SAFE_INTEGER, 0]);
      const listing = listingBy(filters.map(({ column }) => column).join());
      const rows = listing.all(...filters.map(({ value }) => value), started, id, limit + 1);
      return pageOf(rows, limit, readSummary, (last) => pageToken(kind, [Number(last.started), Number(last.id)]));
    },

    mapRun: async (arn) => {
      const row = mapRunOf.get(arn);
      return row && readMapRun(row);
    },

    mapRuns: async ({ executionArn, limit, from }) => {
      const kind = `map runs of ${executionArn}`;
      const [id = 0] = readPageToken(kind, from, [Number.MAX_SAFE_INTEGER]);
      const rows = mapRunsOf.all(executionArn, id, limit + 1);
      return pageOf(rows, limit, readMapRun, (last) => pageToken(kind, [Number(last.id)]));
    },

    async *outbox(arn) {
      const open = arn === undefined ? openEffects.all() : openEffectsOf.all(arn);
      for (const { execution = 0, id = '', place = 0 } of open) {
        const row = effectAt.get(execution, id, place); // closed meanwhile, it is not performed
        if (row !== undefined) yield { arn: String(row.arn), effect: readEffect(row) };
      }
    },

    effect: async (arn, id) => {
      const row = effectOf.get(arn, id);
      return row && readEffect(row);
    },
  };
}

/** A page of `limit` items from up to one row more, which only shows that there is a next page. */
export function pageOf<T>(
  rows: readonly Row[],
  limit: number,
  read: (row: Row) => T,
  token: (last: Row) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(read), next: rows.length > limit && last !== undefined ? token(last) : undefined };
}

const readHead = (row: Row): Head => ({
  status: String(row.status) as Head['status'],
  lastEventId: Number(row.last_event),
});

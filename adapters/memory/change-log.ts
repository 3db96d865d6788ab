import { createHash } from 'node:crypto';
import { bytesBetween, type Position } from '../../functions/ports/recovery/position.ts';
import type { Contents, LostRow, LostWrites } from '../../functions/ports/recovery/replicated-store.ts';

type Row = Readonly<Record<string, unknown>>;

/** One row that a commit changed. `before` and `after` are undefined where there was, or is, no row. */
interface RowChange {
  readonly table: string;
  readonly key: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** A record of the log. Those without an id are the store's own: a shutdown, a probe. */
interface LogRecord {
  readonly end: number;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly changes: readonly RowChange[];
}

/** What a site of the model holds: one line of records over the branches it went through. A value: never changed in place. */
export interface ChangeLog {
  readonly lineage: string;
  /** Oldest first; `from` is where a branch left its parent. */
  readonly branches: readonly { readonly branch: string; readonly from: number }[];
  readonly records: readonly LogRecord[];
}

/** A change as a client asks for it. */
export interface WantedChange {
  readonly change: LostRow['change'];
  readonly id: number;
  readonly value?: string;
}

export const TABLE = 'entries';

export const emptyLog = (lineage: string): ChangeLog => ({
  lineage,
  branches: [{ branch: '1', from: 0 }],
  records: [],
});

const offsetOf = ({ branches, records }: ChangeLog): number =>
  Math.max(records.at(-1)?.end ?? 0, branches.at(-1)?.from ?? 0);

export const endOf = (log: ChangeLog): Position => ({
  branch: log.branches.at(-1)?.branch ?? '1',
  offset: String(offsetOf(log)),
});

/** Whether everything up to `position` is in the log: it went through that branch, and as far. */
export function holds(log: ChangeLog, { branch, offset }: Position): boolean {
  const at = log.branches.findIndex((each) => each.branch === branch);
  const left = log.branches[at + 1]?.from ?? offsetOf(log);
  return at >= 0 && Number(offset) <= left;
}

export const lastChangeAt = ({ records }: ChangeLog): number | undefined =>
  records.findLast(({ id }) => id !== undefined)?.at;

export const commitsAfter = ({ records }: ChangeLog, offset: number): readonly { id: string; at: number }[] =>
  records.flatMap(({ end, id, at }) => (id !== undefined && end > offset ? [{ id, at }] : []));

/** The log with a commit of a client more. Its bytes are 32 and 64 for each row. */
export function withCommit(log: ChangeLog, id: string, at: number, wanted: readonly WantedChange[]): ChangeLog {
  const changes = wanted.map(({ change, id: row, value = '' }): RowChange => {
    const key = String(row);
    const after = change === 'delete' ? undefined : { id: row, value };
    return { table: TABLE, key, before: rowIn(log, key), after };
  });
  return withRecord(log, { end: offsetOf(log) + 32 + 64 * changes.length, id, at, changes });
}

const rowIn = ({ records }: ChangeLog, key: string): Row | undefined =>
  records
    .findLast(({ changes }) => changes.some((change) => change.key === key))
    ?.changes.findLast((c) => c.key === key)?.after;

/** With a record of the store's own: a shutdown, a probe. */
export const withMark = (log: ChangeLog, at: number): ChangeLog =>
  withRecord(log, { end: offsetOf(log) + 8, id: undefined, at, changes: [] });

const withRecord = (log: ChangeLog, record: LogRecord): ChangeLog => ({ ...log, records: [...log.records, record] });

export const forked = (log: ChangeLog, branch: string): ChangeLog => ({
  ...log,
  branches: [...log.branches, { branch, from: offsetOf(log) }],
});

export const upTo = (log: ChangeLog, offset: number): ChangeLog => ({
  ...log,
  branches: log.branches.filter(({ from }) => from <= offset),
  records: log.records.filter(({ end }) => end <= offset),
});

/** By key, as a reader sees them. */
export function rowsOf({ records }: ChangeLog): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const { key, after } of records.flatMap(({ changes }) => changes))
    if (after === undefined) rows.delete(key);
    else rows.set(key, after);
  return rows;
}

/** What became of each row that was changed behind `fork`, in the order of the keys. */
function lostRows(log: ChangeLog, fork: number): readonly LostRow[] {
  const first = rowsOf(upTo(log, fork));
  const last = rowsOf(log);
  const keys = new Set(log.records.filter(({ end }) => end > fork).flatMap(({ changes }) => changes.map((c) => c.key)));
  return [...keys]
    .toSorted((a, b) => Number(a) - Number(b))
    .flatMap((key): LostRow[] => {
      const before = first.get(key);
      const after = last.get(key);
      const row = after ?? before;
      if (row === undefined || JSON.stringify(before) === JSON.stringify(after)) return [];
      const change = before === undefined ? 'insert' : after === undefined ? 'delete' : 'update';
      return [{ table: TABLE, change, key: { id: Number(key) }, row }];
    });
}

/** What a log has behind `fork`. */
export function lostWrites(log: ChangeLog, fork: Position, quarantine: string): LostWrites {
  const from = Number(fork.offset);
  const rows = lostRows(log, from);
  return {
    fork,
    end: endOf(log),
    bytes: String(bytesBetween(fork, endOf(log))),
    commits: commitsAfter(log, from),
    rows,
    truncated: false,
    rowCount: rows.length,
    quarantine,
  };
}

export function contentsOf(log: ChangeLog): Contents {
  const rows = [...rowsOf(log)].toSorted(([a], [b]) => Number(a) - Number(b));
  return {
    structure: hash(`${TABLE}(id, value)`),
    tables: [{ name: TABLE, rows: rows.length, checksum: hash(JSON.stringify(rows)) }],
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

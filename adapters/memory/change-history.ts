import { createHash } from 'node:crypto';
import type { RecoveryPoint } from '../../functions/ports/recovery/backup-engine.ts';
import type { Position } from '../../functions/ports/recovery/position.ts';
import type { Contents } from '../../functions/ports/recovery/replicated-store.ts';

/** Rows by table and key; a row is text. */
export type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One commit: rows that were written, or removed with null. */
export interface Change {
  /** It takes the bytes from `begin` to `end`. */
  readonly begin: number;
  readonly end: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly table: string;
  readonly rows: Readonly<Record<string, string | null>>;
}

/** One branch of a history, behind its fork. */
export interface Line {
  readonly branch: string;
  readonly parent: string | null;
  /** Null of the first. */
  readonly fork: Position | null;
  /** When it began: the newest commit it has from its parent, milliseconds since 1970. */
  readonly since: number;
  readonly changes: readonly Change[];
  readonly points: readonly RecoveryPoint[];
}

/** The line after one more commit. Every commit takes its rows' bytes, at least one. */
export function committed(line: Line, at: number, table: string, rows: Change['rows']): Line {
  const begin = endOf(line);
  const end = begin + JSON.stringify(rows).length;
  return { ...line, changes: [...line.changes, { begin, end, at, table, rows }] };
}

/** The line that a promotion opens when the newest `behind` commits of `line` never reached the promoted site. */
export function forked(line: Line, branch: string, behind: number): Line {
  const kept = line.changes.slice(0, line.changes.length - behind);
  const newest = kept.at(-1);
  return {
    branch,
    parent: line.branch,
    fork: { branch: line.branch, offset: String(newest?.end ?? beginOf(line)) },
    since: newest?.at ?? line.since,
    changes: [],
    points: [],
  };
}

export const firstLine = (at: number): Line => ({
  branch: '1',
  parent: null,
  fork: null,
  since: at,
  changes: [],
  points: [],
});

const beginOf = ({ fork }: Pick<Line, 'fork'>): number => Number(fork?.offset ?? 0);

export const endOf = (line: Line): number => line.changes.at(-1)?.end ?? beginOf(line);

/** The lines from the first to `branch`, each with where the next leaves it. */
export function ancestry<L extends Pick<Line, 'branch' | 'parent' | 'fork'>>(
  lines: readonly L[],
  branch: string,
): readonly { readonly line: L; readonly until: number }[] {
  const path: { readonly line: L; readonly until: number }[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (let line = lineOf(lines, branch); line !== undefined; line = lineOf(lines, line.parent)) {
    path.unshift({ line, until });
    until = beginOf(line);
  }
  return path;
}

const lineOf = <L extends Pick<Line, 'branch'>>(lines: readonly L[], branch: string | null): L | undefined =>
  lines.find((line) => line.branch === branch);

/** Rows with a commit's changes. */
export function applied(rows: Rows, { table, rows: changed }: Pick<Change, 'table' | 'rows'>): Rows {
  const after = { ...rows[table], ...changed };
  const present = Object.entries(after).filter((row): row is [string, string] => row[1] !== null);
  return { ...rows, [table]: Object.fromEntries(present) };
}

/** What makes `after` of `before`. */
export function difference(before: Rows, after: Rows): Record<string, Record<string, string | null>> {
  const tables = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    tables.map((table) => {
      const [old, now] = [before[table] ?? {}, after[table] ?? {}];
      const gone = Object.keys(old).filter((key) => !(key in now));
      const changed = Object.entries(now).filter(([key, row]) => old[key] !== row);
      return [table, Object.fromEntries([...changed, ...gone.map((key) => [key, null] as const)])];
    }),
  );
}

export function contentsOf(rows: Rows): Contents {
  const names = Object.keys(rows).sort();
  return {
    structure: digestOf(names),
    tables: names.map((name) => {
      const lines = Object.entries(rows[name] ?? {}).map((row) => JSON.stringify(row));
      return { name, rows: lines.length, checksum: digestOf(lines.sort()) };
    }),
  };
}

const digestOf = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');

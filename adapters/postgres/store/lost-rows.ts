import type { LostRow } from '../../../functions/ports/recovery/replicated-store.ts';
import { userTables } from '../sql/read-contents.ts';
import type { Sql } from '../sql/sql-session.ts';
import type { LostCommits } from './lost-commits.ts';

/** One table on both sides. */
interface LedgerTable {
  readonly name: string;
  readonly from: string;
  /** Columns of the primary key; all columns of a table without one. */
  readonly key: readonly string[];
  readonly hasKey: boolean;
  readonly file: number;
}

interface Found {
  readonly rows: readonly LostRow[];
  readonly rowCount: number;
}

/**
 * Rows that the lost commits changed: what they left in the copy of the old primary, and what is in the new primary since
 * before the fork and not in the copy. A row that was deleted there and changed here since is not told from a new one.
 * @param firstXid the new primary's first transaction behind the fork
 */
export async function lostRows(
  copy: Sql,
  leader: Sql,
  lost: LostCommits,
  firstXid: string,
  limit: number,
): Promise<Found> {
  if (lost.xids.length === 0) return { rows: [], rowCount: 0 };
  const here = new Map((await ledgerTables(leader)).map((table) => [table.name, table]));
  const found: LostRow[][] = [];
  for (const table of await ledgerTables(copy)) {
    const twin = here.get(table.name);
    const changed = await changedRows(copy, leader, table, twin, lost.xids, firstXid);
    // Another file than here: it was rewritten or emptied.
    const mayMiss = twin !== undefined && (lost.shrunk.includes(table.file) || twin.file !== table.file);
    const deleted = mayMiss ? await deletedRows(copy, leader, table, firstXid) : [];
    found.push([...changed, ...deleted].toSorted(byKey(table.key)));
  }
  const rows = found.flat();
  return { rows: rows.slice(0, limit), rowCount: rows.length };
}

async function changedRows(
  copy: Sql,
  leader: Sql,
  table: LedgerTable,
  twin: LedgerTable | undefined,
  xids: readonly string[],
  firstXid: string,
): Promise<readonly LostRow[]> {
  const rows = await copy<{ key: string; row: string }>(
    `SELECT ${keyOf(table)}::text AS key, to_jsonb(t.*)::text AS row FROM ${table.from} AS t WHERE t.xmin::text = ANY ($1::text[])`,
    [xids],
  );
  const known = new Set<string>();
  if (twin !== undefined && table.hasKey)
    for (const part of parts(rows)) {
      const texts = part.map(({ key }) => key);
      for (const { key } of await present(leader, table, texts, `AND ${isOld('t')}`, firstXid)) known.add(key);
    }
  return rows.map(({ key, row }) => lostRow(table, known.has(key) ? 'update' : 'insert', key, row));
}

async function deletedRows(copy: Sql, leader: Sql, table: LedgerTable, firstXid: string): Promise<readonly LostRow[]> {
  const missing: LostRow[] = [];
  await leader('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await leader(
    `DECLARE old_rows NO SCROLL CURSOR FOR
      SELECT ${keyOf(table)}::text AS key, to_jsonb(t.*)::text AS row FROM ${table.from} AS t
       WHERE age(t.xmin) > age('${BigInt(firstXid) & 0xffffffffn}'::xid)`,
  );
  for (;;) {
    const rows = await leader<{ key: string; row: string }>('FETCH 5000 FROM old_rows');
    if (rows.length === 0) break;
    const there = await present(
      copy,
      table,
      rows.map(({ key }) => key),
    );
    const keys = new Set(there.map(({ key }) => key));
    missing.push(...rows.filter(({ key }) => !keys.has(key)).map(({ key, row }) => lostRow(table, 'delete', key, row)));
  }
  await leader('COMMIT');
  return missing;
}

/** Which of these keys the table has. Their text is the same on both sides, for jsonb orders it. */
function present(sql: Sql, table: LedgerTable, keys: readonly string[], also = '', firstXid?: string) {
  const columns = table.key.map(quoted);
  const match = table.hasKey
    ? `(${columns.map((c) => `t.${c}`).join(', ')}) IN (SELECT ${columns.map((c) => `k.${c}`).join(', ')}
         FROM jsonb_array_elements_text($1::jsonb) AS e, jsonb_populate_record(NULL::${table.from}, e::jsonb) AS k)`
    : `to_jsonb(t.*)::text IN (SELECT jsonb_array_elements_text($1::jsonb))`;
  const xid = firstXid === undefined ? [] : [String(BigInt(firstXid) & 0xffffffffn)];
  return sql<{ key: string }>(`SELECT ${keyOf(table)}::text AS key FROM ${table.from} AS t WHERE ${match} ${also}`, [
    JSON.stringify(keys),
    ...xid,
  ]);
}

/** The version of the row was written before the fork. */
const isOld = (alias: string): string => `age(${alias}.xmin) > age($2::text::xid)`;

const keyOf = ({ key, hasKey }: LedgerTable): string =>
  hasKey
    ? `jsonb_build_object(${key.map((c) => `'${c.replaceAll("'", "''")}', t.${quoted(c)}`).join(', ')})`
    : 'to_jsonb(t.*)';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function ledgerTables(sql: Sql): Promise<readonly LedgerTable[]> {
  const keys = await sql<{ oid: number; key: string[] | null; file: number | null }>(
    `SELECT c.oid::int8::float8 AS oid, pg_relation_filenode(c.oid)::int8::float8 AS file,
            (SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
               FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
              WHERE i.indrelid = c.oid AND i.indisprimary) AS key
       FROM pg_class c WHERE c.relkind IN ('r', 'p')`,
  );
  const byOid = new Map(keys.map((each) => [each.oid, each]));
  return (await userTables(sql)).map(({ name, from, oid }) => {
    const { key = null, file = null } = byOid.get(oid) ?? {};
    return { name, from, key: key ?? [], hasKey: key !== null, file: file ?? -1 };
  });
}

function lostRow({ name, hasKey }: LedgerTable, change: LostRow['change'], keyText: string, rowText: string): LostRow {
  const row = exact(rowText);
  return { table: name, change, key: hasKey ? exact(keyText) : row, row };
}

/** JSON whose whole numbers past 2^53 stay exact, as text. */
export const exact = (text: string): Readonly<Record<string, unknown>> =>
  JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value,
  ) as Readonly<Record<string, unknown>>;

const byKey =
  (columns: readonly string[]) =>
  (a: LostRow, b: LostRow): number => {
    for (const column of columns) {
      const [x, y] = [a.key[column], b.key[column]];
      const order =
        typeof x === 'number' && typeof y === 'number'
          ? x - y
          : String(x) < String(y)
            ? -1
            : String(x) > String(y)
              ? 1
              : 0;
      if (order !== 0) return order;
    }
    return 0;
  };

function* parts<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += 5000) yield all.slice(from, from + 5000);
}

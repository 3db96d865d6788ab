import { createHash } from 'node:crypto';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';
import type { Sql } from './sql-session.ts';

/** What the session's database holds, as of one snapshot. */
export async function readContents(sql: Sql): Promise<Contents> {
  await sql('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await contentsInSnapshot(sql);
  } finally {
    await sql('COMMIT');
  }
}

/**
 * The same in a transaction that has its snapshot: every table of people that the log carries, not the system's, an
 * extension's or Pointsman's own. A table's checksum is the sum of its rows' hashes, so their order does not matter.
 */
export async function contentsInSnapshot(sql: Sql): Promise<Contents> {
  // A row's text must not depend on how somebody configured this server.
  await sql(`SELECT set_config(name, value, true) FROM (VALUES ('DateStyle', 'ISO, YMD'), ('TimeZone', 'UTC'),
      ('IntervalStyle', 'iso_8601'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('search_path', 'pg_catalog')) AS s (name, value)`);
  const structure = await sql<{ line: string }>(structureQuery);
  const tables: Contents['tables'][number][] = [];
  for (const { name, from } of await userTables(sql)) {
    const [found] = await sql<{ rows: number; checksum: string }>(
      `SELECT count(*)::float8 AS rows,
                coalesce(sum(('x' || substr(md5((t.*)::text), 1, 16))::bit(64)::bigint::numeric), 0)::text AS checksum
           FROM ${from} AS t`,
    );
    tables.push({ name, rows: found?.rows ?? 0, checksum: found?.checksum ?? '' });
  }
  const hash = createHash('sha256').update(structure.map(({ line }) => line).join('\n'));
  return { structure: hash.digest('hex'), tables };
}

/** `name` for people, `from` for SQL; by name. Partitions are read through their parent. */
export const userTables = (sql: Sql) =>
  sql<{ name: string; from: string; oid: number }>(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS from, c.oid::int8::float8 AS oid
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition AND ${ofPeople} ORDER BY 1`,
  );

const ofPeople = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pointsman_recovery') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const structureQuery = `
  SELECT format('column %s.%s.%s %s %s %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, pg_get_expr(ad.adbin, ad.adrelid)) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum = a.attnum
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${ofPeople}
  UNION ALL
  SELECT format('index %s', pg_get_indexdef(i.indexrelid))
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ofPeople}
  UNION ALL
  SELECT format('constraint %s.%s %s %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${ofPeople}
  UNION ALL
  SELECT format('view %s.%s %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND ${ofPeople}
  UNION ALL
  SELECT format('trigger %s', pg_get_triggerdef(t.oid))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT t.tgisinternal AND ${ofPeople}
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE p.prokind IN ('f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pointsman_recovery')
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  ORDER BY 1`;

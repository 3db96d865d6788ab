import type { Contents } from '../ports/recovery/replicated-store.ts';

/** Every difference of what was found from what was proven, in words; empty when they are the same. Pure. */
export function differencesOf(proven: Contents, found: Contents): readonly string[] {
  const there = new Map(found.tables.map((table) => [table.name, table]));
  const known = new Set(proven.tables.map(({ name }) => name));
  const tables = proven.tables.flatMap(({ name, rows, checksum }) => {
    const table = there.get(name);
    if (table === undefined) return [`table ${name} is missing, with ${rows} rows`];
    if (table.rows !== rows) return [`table ${name} has ${table.rows} rows, not ${rows}`];
    return table.checksum === checksum ? [] : [`table ${name} has ${rows} rows, but not the same ones`];
  });
  const others = found.tables.filter(({ name }) => !known.has(name)).map(({ name }) => `table ${name} was not there`);
  const structure = proven.structure === found.structure ? [] : ['tables, columns, indexes or constraints differ'];
  return [...structure, ...tables, ...others];
}

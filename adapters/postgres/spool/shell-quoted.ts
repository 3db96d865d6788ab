/** A path as one word of a command in PostgreSQL's configuration, where `%` has a meaning too. */
export const shellQuoted = (path: string): string => `'${path.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;

import { DatabaseSync } from 'node:sqlite';

/** What `control.db` holds: who may change a service, what became of deployments and recoveries, and what people ordered. */
export interface ControlDatabase {
  readonly sqlite: DatabaseSync;
  close(): void;
}

/**
 * Opens `control.db`, makes it when it is missing, and keeps it open. A write that returned survives a power cut.
 * @throws Error for a file that a newer version has written
 */
export function openControlDatabase(path: string): ControlDatabase {
  const sqlite = new DatabaseSync(path, { timeout: 5000 });
  try {
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    atOnce(sqlite, () => upgrade(sqlite, path));
  } catch (thrown) {
    sqlite.close();
    throw thrown;
  }
  return { sqlite, close: () => sqlite.close() };
}

/** Runs `work` as one write: all of it or, when it throws, nothing. No other process writes meanwhile. */
export function atOnce<T>(sqlite: DatabaseSync, work: () => T): T {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sqlite.exec('COMMIT');
    return result;
  } catch (thrown) {
    sqlite.exec('ROLLBACK');
    throw thrown;
  }
}

function upgrade(sqlite: DatabaseSync, path: string): void {
  const found = Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found > format)
    throw new Error(
      `${path} has format ${found}, this version reads up to ${format}; use the newer version that wrote it`,
    );
  for (const change of changes.slice(found)) sqlite.exec(change);
  sqlite.exec(`PRAGMA user_version = ${format}`);
}

/** What makes each format of the one before it. */
const changes = [
  `-- A row stays when its lease is given up (owner NULL), so that epochs only grow.
    CREATE TABLE leases (
      name TEXT PRIMARY KEY, owner TEXT, epoch INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE releases (
      number INTEGER PRIMARY KEY, service TEXT NOT NULL, execution TEXT NOT NULL UNIQUE, record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX releases_by_service ON releases (service, number);
    CREATE TABLE orders (execution TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT;`,
  `CREATE TABLE backups (
      protected_group TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (protected_group, id)
    ) STRICT;
    CREATE TABLE recoveries (
      execution TEXT PRIMARY KEY, protected_group TEXT NOT NULL, ended_at INTEGER NOT NULL, record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX recoveries_by_group ON recoveries (protected_group, ended_at);`,
];

const format = changes.length;

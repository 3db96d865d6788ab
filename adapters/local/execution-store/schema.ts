import type { DatabaseSync } from 'node:sqlite';

/**
 * Brings a data file to the newest schema; each migration runs once, in its own transaction, and is counted in
 * `user_version`.
 * @throws Error when the file was written by a newer version of this program
 */
export function migrate(db: DatabaseSync, path: string): void {
  const found = versionOf(db);
  const known = MIGRATIONS.length;
  if (found > known)
    throw new Error(
      `${path} has data of version ${found}, this program reads up to version ${known}: start the newer program that wrote it, or name another data folder`,
    );
  for (const [index, statements] of MIGRATIONS.entries())
    if (index >= found) db.exec(`BEGIN IMMEDIATE; ${statements}; PRAGMA user_version = ${index + 1}; COMMIT`);
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Never edit an entry that was released: append the next one. */
const MIGRATIONS = [
  // The summary is a row of its own, apart from the head: it holds the input and changes twice in an execution's life,
  // the head changes with every step. The four indexes are the four ways to list, so each costs a page and no more.
  // Effects have no index by place: they come and go with every step and are read in order once, when a host starts.
  `CREATE TABLE summary (
     id INTEGER PRIMARY KEY,
     arn TEXT NOT NULL UNIQUE,
     machine TEXT NOT NULL,
     revision TEXT NOT NULL,
     name TEXT NOT NULL,
     status TEXT NOT NULL,
     started INTEGER NOT NULL,
     stopped INTEGER,
     input TEXT NOT NULL,
     output TEXT,
     error TEXT,
     cause TEXT
   ) STRICT;
   CREATE INDEX summary_by_start ON summary (started DESC, id DESC);
   CREATE INDEX summary_by_status ON summary (status, started DESC, id DESC);
   CREATE INDEX summary_by_machine ON summary (machine, started DESC, id DESC);
   CREATE INDEX summary_by_machine_status ON summary (machine, status, started DESC, id DESC);

   CREATE TABLE head (
     execution INTEGER PRIMARY KEY,
     version INTEGER NOT NULL,
     status TEXT NOT NULL,
     last_event INTEGER NOT NULL
   ) STRICT;

   CREATE TABLE frame (
     execution INTEGER NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (execution, id)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE event (
     execution INTEGER NOT NULL,
     id INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (execution, id)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE effect (
     execution INTEGER NOT NULL,
     id TEXT NOT NULL,
     place INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (execution, id)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE revision (
     id INTEGER PRIMARY KEY,
     arn TEXT NOT NULL,
     revision TEXT NOT NULL,
     body TEXT NOT NULL,
     UNIQUE (arn, revision)
   ) STRICT;

   CREATE TABLE machine (
     arn TEXT NOT NULL PRIMARY KEY,
     name TEXT NOT NULL,
     newest INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX machine_by_name ON machine (name, arn)`,

  // Few executions belong to a Map Run, so only those are in the index.
  `ALTER TABLE summary ADD COLUMN map_run TEXT;
   CREATE INDEX summary_by_map_run ON summary (map_run, started DESC, id DESC) WHERE map_run IS NOT NULL;

   CREATE TABLE map_run (
     id INTEGER PRIMARY KEY,
     arn TEXT NOT NULL UNIQUE,
     execution TEXT NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX map_run_by_execution ON map_run (execution, id DESC)`,
  // Few executions name a version or an alias, so their indexes leave the others out. An item is a version, an alias, an
  // activity or a set of tags; what belongs to a machine has it as its owner.
  `ALTER TABLE summary ADD COLUMN version_arn TEXT;
   ALTER TABLE summary ADD COLUMN alias_arn TEXT;
   ALTER TABLE summary ADD COLUMN redrive_count INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE summary ADD COLUMN redriven INTEGER;
   CREATE INDEX summary_by_version ON summary (version_arn, started DESC, id DESC) WHERE version_arn IS NOT NULL;
   CREATE INDEX summary_by_alias ON summary (alias_arn, started DESC, id DESC) WHERE alias_arn IS NOT NULL;

   CREATE TABLE item (
     kind TEXT NOT NULL,
     arn TEXT NOT NULL,
     owner TEXT NOT NULL,
     place TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (kind, arn)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX item_by_place ON item (owner, kind, place)`,
];

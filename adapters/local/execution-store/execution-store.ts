import { DatabaseSync } from 'node:sqlite';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import { sqliteCatalog } from './catalog.ts';
import { groupCommit } from './group-commit.ts';
import { machineReader, machineWriter } from './machines.ts';
import { executionReader } from './read-executions.ts';
import { migrate } from './schema.ts';
import { encodeCommit, executionWriter } from './write-execution.ts';

interface SqliteExecutionStore extends ExecutionStore {
  /** Commits what was asked for and closes the file. Later calls are rejected. */
  close(): void;
}

/**
 * Executions in one SQLite file, which is made when it is missing. Acknowledged writes survive the loss of power: a
 * commit is on disk (WAL, synchronous FULL) before its promise resolves, and all commits of a turn share the flush.
 * One process may write: take `lockDataFolder` first.
 * @throws Error when the file was written by a newer version of this program
 */
export function sqliteExecutionStore(path: string): SqliteExecutionStore {
  const db = open(path);
  const { inTransaction, flush } = groupCommit(db);
  const executions = executionWriter(db);
  const machines = machineWriter(db);

  async function written<T>(work: () => T | Error): Promise<T> {
    if (!db.isOpen) throw new Error(`${path} is closed`);
    const answer = await inTransaction(work);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  return {
    ...executionReader(db),
    ...machineReader(db),
    create: async (summary, first) => {
      const encoded = encodeCommit(first);
      return written(() => executions.create(summary, encoded));
    },
    commit: async (arn, expectedVersion, change) => {
      const encoded = encodeCommit(change);
      return written(() => executions.commit(arn, expectedVersion, encoded));
    },
    async forget(endedBefore) {
      let forgotten = 0;
      for (let more = true; more; ) {
        const some = await written(() => executions.forgetSome(endedBefore));
        forgotten += some;
        more = some > 0;
      }
      return forgotten;
    },
    putMachine: (machine) => written(() => machines.put(machine)),
    deleteMachine: (arn) => written(() => machines.drop(arn)),
    catalog: sqliteCatalog(db, written),
    close() {
      if (!db.isOpen) return;
      flush();
      db.close();
    },
  };
}

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 5_000 });
  try {
    // 4000 pages: a page that changes with every step is copied into the data file a quarter as often.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000');
    migrate(db, path);
    return db;
  } catch (reason) {
    db.close();
    throw reason;
  }
}

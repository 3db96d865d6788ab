import type { DatabaseSync } from 'node:sqlite';

interface GroupCommit {
  /**
   * Runs `work` in the transaction that everything asked for in the same turn of the event loop shares, and resolves
   * with its answer once that is on disk. Work answers, it does not throw: a throw fails the whole group.
   */
  readonly inTransaction: <T>(work: () => T) => Promise<T>;
  /** Commits what was asked for so far, now. */
  readonly flush: () => void;
}

interface Request {
  /** Does the work and gives what settles its promise once the transaction is on disk. */
  readonly perform: () => () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One flush to disk for all that became ready in the same turn. Work that finds a version it did not expect says so in
 * its answer and leaves the rest of the group alone; a transaction that fails, on a full disk for one, rejects the whole
 * group and nothing of it is written.
 */
export function groupCommit(db: DatabaseSync): GroupCommit {
  let waiting: Request[] = [];
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      begin.run();
      const settled = group.map(({ perform }) => perform());
      commit.run();
      for (const settle of settled) settle();
    } catch (reason) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
      for (const { reject } of group) reject(reason);
    }
  }

  function inTransaction<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const perform = () => {
        const answer = work();
        return () => resolve(answer);
      };
      // Every promise of this turn runs before setImmediate does, so what follows from one event shares a transaction.
      if (waiting.push({ perform, reject }) === 1) setImmediate(flush);
    });
  }

  return { inTransaction, flush };
}

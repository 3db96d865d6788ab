import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

const sqliteBusy = 5;

/**
 * Runs `work` while no other process, and nobody else in this one, does so with the same `lockFile`.
 * The lock is SQLite's on an empty database: the kernel gives it up when the process dies, so none is ever stale.
 * @throws Error when the lock is not free within `withinMs` milliseconds
 */
export async function exclusively<T>(lockFile: string, work: () => Promise<T>, withinMs = 300_000): Promise<T> {
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    const deadline = Date.now() + withinMs;
    while (!tryToLock(lock)) {
      if (Date.now() > deadline) throw new Error(`${lockFile}: somebody else held the lock for ${withinMs} ms`);
      await pause(20);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryToLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy) return false;
    throw thrown;
  }
}

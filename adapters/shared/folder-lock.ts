import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes this process the only one of its kind in the folder until it ends. The lock is the kernel's, held through SQLite because
 * Node offers none of its own: it is gone the moment the process is, also after SIGKILL, so there is nothing to clean up.
 * @returns undefined when another process has it; else what holds it, to be kept
 */
export function lockFolder(folder: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && error.message.includes('locked')) return undefined;
    throw error;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

interface DataFolderLock {
  /** Gives the folder up. Safe to repeat. A process that dies needs not. */
  release(): void;
}

/**
 * Claims a data folder for this process. A claim whose process is gone is taken over, also when its pid runs again as
 * something else. Two that race are put in order by SQLite's own lock on the claim's file. Holds among processes that
 * see each other's pids: not across machines or containers that share a volume.
 * @throws Error naming the pid of the process that holds the folder
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const claim = { pid: process.pid, started: processStart(process.pid) ?? '' };
  withClaims(folder, (claims) => {
    const held = claims.prepare('SELECT pid, started, since FROM claim').get();
    if (held !== undefined && isAlive(Number(held.pid), String(held.started)))
      throw new Error(
        `${folder} is in use by process ${String(held.pid)} since ${String(held.since)}: stop that host first, or name another data folder`,
      );
    claims.exec('DELETE FROM claim');
    claims.prepare('INSERT INTO claim VALUES (?, ?, ?)').run(claim.pid, claim.started, new Date().toISOString());
  });
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      withClaims(folder, (claims) =>
        claims.prepare('DELETE FROM claim WHERE pid = ? AND started = ?').run(claim.pid, claim.started),
      );
    },
  };
}

/** Runs `work` alone: nobody else reads or changes the claims meanwhile. */
function withClaims(folder: string, work: (claims: DatabaseSync) => void): void {
  const claims = new DatabaseSync(join(folder, 'host.lock'), { timeout: 5_000 });
  try {
    claims.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS claim (pid INTEGER, started TEXT, since TEXT)');
    work(claims);
    claims.exec('COMMIT');
  } finally {
    claims.close(); // without a COMMIT, this is a rollback
  }
}

function isAlive(pid: number, started: string): boolean {
  const canTell = processStart(process.pid) !== undefined;
  if (canTell) return processStart(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    // EPERM: it runs, as another user.
    return reason instanceof Error && 'code' in reason && reason.code === 'EPERM';
  }
}

/**
 * When a process started, so that a pid used again is told from its predecessor: the boot and the clock ticks since
 * (proc_pid_stat(5), field 22). undefined for a process that has ended, and everywhere
 * that has no /proc.
 */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the program's name in parentheses, and may hold spaces and parentheses itself.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = rest[18];
    if (state === 'Z' || ticks === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system writes it; compared, never read. */
  readonly startTime: string;
}

/** The running process with this pid; undefined when there is none, or only what is left until its parent notices. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    const startTime = process.platform === 'linux' ? linuxStartTime(pid) : otherStartTime(pid);
    return startTime ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}

/** True while that very process runs. */
export const isRunning = ({ pid, startTime }: ProcessIdentity): boolean =>
  processIdentity(pid)?.startTime === startTime;

/** Field 22 of /proc/<pid>/stat: clock ticks since boot (proc_pid_stat(5)). */
function linuxStartTime(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // field 2, the name, may hold spaces and brackets
  const isZombie = fields[0] === 'Z';
  return isZombie ? undefined : fields[19];
}

const otherStartTime = (pid: number): string =>
  execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();

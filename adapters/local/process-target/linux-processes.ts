import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ProcessIdentity } from './service-state.ts';

/** A process as /proc shows it. (proc_pid_stat(5)) */
interface ProcessEntry {
  readonly pid: number;
  /** Pid of the process that began its session. */
  readonly session: number;
  readonly startTicks: number;
  /** It ended and waits for its parent to ask how. */
  readonly zombie: boolean;
}

/** The same until the machine is started again. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Synchronous, so that a child just started cannot be gone and forgotten before it is looked at. */
export function processEntry(pid: number): ProcessEntry | undefined {
  try {
    return readStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // gone
  }
}

/** Whether this very process, and not another that got its pid, still runs. */
export function isAlive({ pid, startTicks, bootId: boot }: ProcessIdentity): boolean {
  const found = processEntry(pid);
  return found !== undefined && !found.zombie && found.startTicks === startTicks && boot === bootId();
}

/** Sends a signal to the process and its group, which a session leader leads, unless it is gone. */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (isAlive(identity)) send(-identity.pid, signal);
}

/** Ends a process without asking, unless it is gone. */
export function killProcess({ pid, startTicks }: ProcessEntry): void {
  if (processEntry(pid)?.startTicks === startTicks) send(pid, 'SIGKILL');
}

/** The processes of this user that were started with all of these variables in their environment. */
export async function processesWith(
  variables: Readonly<Record<string, string>>,
): Promise<readonly (ProcessEntry & { readonly env: ReadonlyMap<string, string> })[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const env = new Map(text.split('\0').map((entry) => splitOnce(entry)));
      if (!Object.entries(variables).every(([name, value]) => env.get(name) === value)) return [];
      const entry = processEntry(pid);
      return entry === undefined || entry.zombie ? [] : [{ ...entry, env }];
    }),
  );
  return found.flat();
}

function splitOnce(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

function readStat(pid: number, text: string): ProcessEntry {
  // the name in parentheses may itself hold spaces and parentheses; what follows the last one is fields 3 and on
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, zombie: fields[0] === 'Z', session: Number(fields[3]), startTicks: Number(fields[19]) };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return; // it ended just now
    throw thrown;
  }
}

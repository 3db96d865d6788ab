import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';

/** A process, told apart from a later one with the same pid by when it started. */
interface Recorded {
  readonly pid: number;
  readonly started: string;
}

const politeMs = 3_000;

/**
 * Ends the processes that outlive a host on purpose: the router and the instances that a data folder has records of.
 * Resolves when they are gone.
 */
export async function endLeftovers(dataFolder: string): Promise<void> {
  const files = globSync('{router,target}/**/*.json', { cwd: dataFolder });
  const running = files.flatMap((file) => recordsIn(join(dataFolder, file))).filter(isRunning);
  for (const each of running) end(each, 'SIGTERM');
  for (const from = Date.now(); running.some(isRunning); await sleep(50))
    if (Date.now() - from > politeMs) for (const each of running) end(each, 'SIGKILL');
}

function end(recorded: Recorded, signal: NodeJS.Signals): void {
  try {
    if (isRunning(recorded)) process.kill(recorded.pid, signal);
  } catch {
    // it ended in this moment
  }
}

/** Every object with a pid and a start time, however deep in the file. */
function recordsIn(file: string): Recorded[] {
  const found: Recorded[] = [];
  try {
    JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => {
      const record = recorded.safeParse(value);
      if (record.success) found.push({ pid: record.data.pid, started: started(record.data) });
      return value;
    });
  } catch {
    return []; // half-written or gone: nothing to learn from it
  }
  return found;
}

/** The router says when it started in the system's own words, the target in clock ticks. */
const recorded = z.union([
  z.looseObject({ pid: z.int(), startTime: z.string() }),
  z.looseObject({ pid: z.int(), startTicks: z.int() }),
]);
const started = (record: z.infer<typeof recorded>): string =>
  'startTime' in record ? String(record.startTime) : String(record.startTicks);

const isRunning = (record: Recorded): boolean => startOf(record.pid) === record.started;

/** Clock ticks since boot on Linux (proc_pid_stat(5), field 22), elsewhere what ps says. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined; // there is no such process
  }
}

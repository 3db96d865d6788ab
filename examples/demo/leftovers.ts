import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const politeMs = 3_000;

/**
 * Ends, by pid, every process that works for a data folder: the router, the instances and the servers of
 * groups, which outlive a host on purpose, and a host whose demo was killed. Resolves when they are gone. Finds them in
 * /proc, so on Linux only, which is where such processes can run.
 * @param dataFolder absolute
 */
export async function endLeftovers(dataFolder: string): Promise<void> {
  for (const pid of processesOf(dataFolder)) send(pid, 'SIGTERM');
  for (const from = Date.now(); processesOf(dataFolder).length > 0; await sleep(50))
    if (Date.now() - from > politeMs) for (const pid of processesOf(dataFolder)) send(pid, 'SIGKILL');
}

function processesOf(dataFolder: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => worksFor(pid, dataFolder)).map(Number);
}

/**
 * The router and the host have the folder as an argument, instances have it in their environment, servers of groups and
 * their keepers work below it.
 */
const worksFor = (pid: string, dataFolder: string): boolean =>
  workingFolder(pid).startsWith(`${join(dataFolder, 'groups')}/`) ||
  listOf(pid, 'cmdline').includes(dataFolder) ||
  listOf(pid, 'environ').includes(`POINTSMAN_TARGET=${join(dataFolder, 'target')}`);

function listOf(pid: string, name: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
  } catch {
    return []; // it ended in this moment, or is somebody else's
  }
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it ended in this moment, or is somebody else's
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in this moment
  }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from '../../shared/process-identity.ts';
import { spawnServer, type ServerPlace } from './server.ts';
import { makeSegmentsWhole } from './whole-segments.ts';

/** The server of one data folder, whoever started it. */
export interface KeptServer {
  /** Pid of the postmaster; undefined when none runs, for certain. A dead one that nobody reaped does not run. */
  pid(): number | undefined;
  /** Starts it when it does not run. Resolves when it has taken its data folder, or has ended. */
  start(): Promise<void>;
  /** To the postmaster; nothing when it is gone. */
  signal(signal: NodeJS.Signals): void;
  /** True as soon as it does not run; false after `withinMs`. */
  ended(withinMs: number): Promise<boolean>;
  /** Ends the postmaster and everything else that works in its data folder, without asking. */
  kill(): Promise<void>;
}

/** Stateless: it asks the system each time, so a server that an earlier process started is as good as an own one. */
export function keptServer(place: ServerPlace): KeptServer {
  const { data } = place;
  const server: KeptServer = {
    pid() {
      const pid = pidInFile(data);
      return pid !== undefined && worksIn(pid, data) ? pid : undefined;
    },

    async start() {
      if (server.pid() !== undefined) return;
      // A dead postmaster that nobody reaped still looks alive to PostgreSQL, which then refuses its own lock file.
      if (processesIn(data).length === 0) await rm(join(data, 'postmaster.pid'), { force: true });
      await makeSegmentsWhole(data, place.user);
      const child = await spawnServer(place);
      while (pidInFile(data) !== child.pid && child.exitCode === null && child.signalCode === null) {
        if (child.pid === undefined) throw new Error(`${place.binaries.bin}/postgres cannot be started`);
        await pause(3);
      }
    },

    signal(signal) {
      const pid = server.pid();
      if (pid !== undefined) sendTo(pid, signal);
    },

    async ended(withinMs) {
      const deadline = Date.now() + withinMs;
      while (server.pid() !== undefined) {
        if (Date.now() >= deadline) return false;
        await pause(3);
      }
      return true;
    },

    async kill() {
      const path = await realpath(data).catch(() => data);
      server.signal('SIGKILL'); // first, so that it starts nothing new
      const deadline = Date.now() + 5000;
      for (let left = processesIn(path); left.length > 0; left = processesIn(path)) {
        for (const pid of left) sendTo(pid, 'SIGKILL');
        if (Date.now() > deadline) throw new Error(`processes ${left.join(', ')} in ${data} do not end`);
        await pause(5);
      }
    },
  };
  return server;
}

/** Processes whose working folder it is, as every process of a server has its data folder. */
export const processesIn = (folder: string): readonly number[] => processesWhere((cwd) => cwd === folder);

/** Those that work in the folder or below it. */
export const processesBelow = (folder: string): readonly number[] =>
  processesWhere((cwd) => `${cwd}/`.startsWith(`${folder}/`));

const processesWhere = (fits: (cwd: string) => boolean): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const cwd = workingFolder(pid);
      return cwd !== undefined && fits(cwd) && processIdentity(pid) !== undefined;
    });

const worksIn = (pid: number, folder: string): boolean =>
  workingFolder(pid) === folder && processIdentity(pid) !== undefined;

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone, a zombie, or somebody else's
  }
}

function pidInFile(data: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended just now
  }
}

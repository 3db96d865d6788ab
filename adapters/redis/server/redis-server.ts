import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processIdentity } from '../../shared/process-identity.ts';

/** Where a server keeps things. */
export interface ServerFolders {
  /** Its working folder: `dump.rdb`, `appendonlydir`, `server.pid`. */
  readonly data: string;
  readonly config: string;
  readonly log: string;
}

/** The server of one data folder, whoever started it. It asks the system each time, so an earlier host's is as good as an own one. */
export interface RedisServer {
  /** Undefined when none runs, for certain. A dead one that nobody reaped does not run. */
  pid(): number | undefined;
  /** Starts it, to outlive this process. Resolves when it has taken its folder. @throws Error with the end of its log */
  start(): Promise<void>;
  /** True as soon as it does not run; false after `withinMs`. */
  ended(withinMs: number): Promise<boolean>;
  /** Ends it without asking; also one that hangs. False when the system could not within 2 s. */
  kill(): Promise<boolean>;
}

export function redisServer(folders: ServerFolders, program = 'redis-server'): RedisServer {
  const server: RedisServer = {
    pid() {
      const pid = pidInFile(folders.data);
      return pid !== undefined && worksIn(pid, folders.data) ? pid : undefined;
    },

    async start() {
      if (server.pid() !== undefined) return;
      const log = await open(folders.log, 'a', 0o600);
      const child = spawn(program, [folders.config], {
        cwd: folders.data,
        detached: true, // no signal meant for the host or its terminal reaches it
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: process.env['PATH'] },
      });
      const failed = Promise.withResolvers<never>();
      failed.promise.catch(() => {});
      child.on('error', failed.reject);
      child.on('exit', () =>
        failed.reject(new Error(`${program} ended at once; its log ends with:\n${tail(folders.log)}`)),
      );
      child.unref();
      await log.close();
      while (server.pid() === undefined) await Promise.race([pause(3), failed.promise]);
    },

    async ended(withinMs) {
      for (const deadline = Date.now() + withinMs; server.pid() !== undefined; await pause(3))
        if (Date.now() >= deadline) return false;
      return true;
    },

    async kill() {
      const pid = server.pid();
      if (pid !== undefined) killProcess(pid);
      return server.ended(2000);
    },
  };
  return server;
}

function pidInFile(data: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'server.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Told from any later process with the same pid by the folder it works in. */
function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder) && processIdentity(pid) !== undefined;
  } catch {
    return false; // gone, a zombie, or somebody else's
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended just now
  }
}

const tail = (log: string): string => {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  } catch {
    return '(there is no log)';
  }
};

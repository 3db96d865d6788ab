import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { bootId, processEntry } from './linux-processes.ts';
import type { ProcessIdentity, RunnableImage } from './service-state.ts';

/** What to start and where. */
interface Launch {
  readonly image: RunnableImage;
  /** Folder the image was unpacked to. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and standard error go to its end. */
  readonly logFile: string;
}

/** How a child ended. */
export interface Ending {
  /** For people: `exited with code 1`, `was ended by SIGKILL`. */
  readonly how: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The instances this very process started; only of them the system tells how they ended. */
export interface ChildProcesses {
  /** Starts an instance in a session of its own, so that it outlives this process. @throws Error when it cannot be started */
  start(instance: string, launch: Launch): Promise<ProcessIdentity>;
  /** `unknown` when somebody else started it. */
  ending(instance: string): Ending | 'running' | 'unknown';
  forget(instance: string): void;
}

export function childProcesses(now: () => number): ChildProcesses {
  const endings = new Map<string, Ending | 'running'>();
  return {
    start: async (instance, { image, root, env, logFile }) => {
      const [program, ...args] = image.command;
      if (program === undefined) throw new Error('the image has no command');
      const inside = (path: string) => join(root, posix.join('/', path)); // the join takes `..` away
      const cwd = inside(image.workingDir);
      await mkdir(cwd, { recursive: true });
      await mkdir(dirname(logFile), { recursive: true });
      await using log = await open(logFile, 'a');

      // an absolute program means one of the image, when the image has it
      const file = posix.isAbsolute(program) && existsSync(inside(program)) ? inside(program) : program;
      const child = spawn(file, args, { cwd, env: { ...env }, detached: true, stdio: ['ignore', log.fd, log.fd] });
      if (child.pid === undefined) {
        const [error] = await once(child, 'error');
        throw error;
      }
      const entry = processEntry(child.pid);
      if (entry === undefined) throw new Error(`process ${child.pid} was started and /proc does not show it`);
      endings.set(instance, 'running');
      child.once('exit', (code, signal) => {
        if (!endings.has(instance)) return;
        endings.set(instance, {
          how: code === null ? `was ended by ${signal}` : `exited with code ${code}`,
          at: now(),
        });
      });
      child.unref();
      return { pid: child.pid, startTicks: entry.startTicks, bootId: bootId() };
    },
    ending: (instance) => endings.get(instance) ?? 'unknown',
    forget: (instance) => void endings.delete(instance),
  };
}

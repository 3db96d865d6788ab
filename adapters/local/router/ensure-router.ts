import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import { callRouter } from './call-router.ts';
import { isRunning, type ProcessIdentity } from '../../shared/process-identity.ts';
import type { ForwardingOptions } from './request-forwarder.ts';
import { routerControl, routerFolder, type RouterControl } from './router-control.ts';

/** A router that answered. */
interface RunningRouter {
  readonly control: RouterControl;
  readonly pid: number;
  /** False when it was found running. */
  readonly wasStarted: boolean;
}

interface RouterOptions extends ForwardingOptions {
  /** How long a new router may take until it answers. Default 10. */
  readonly startTimeoutSeconds?: number;
}

/**
 * Finds the router of the data folder, or starts one as a process of its own that outlives this one. Resolves when it
 * answers and serves what it served before. Safe to repeat, also by several hosts at once: one router wins.
 * @param options apply to a router that is started, not to one that is found
 * @throws StepFailure `Pointsman.RouterUnreachable` with the last lines of its log when it does not answer in time
 */
export async function ensureRouter(dataFolder: string, options: RouterOptions = {}): Promise<RunningRouter> {
  const { startTimeoutSeconds = 10, ...forwarding } = options;
  const root = resolve(dataFolder);
  const found = await answering(root);
  if (found) return { ...found, wasStarted: false };

  const child = await spawnRouter(root, forwarding);
  const deadline = Date.now() + startTimeoutSeconds * 1000;
  for (;;) {
    const running = await answering(root);
    if (running) {
      const wasStarted = running.pid === child.pid;
      if (!wasStarted) await endLate(child);
      return { ...running, wasStarted };
    }
    const gaveUp = child.exitCode !== null && child.exitCode !== lockedExitCode;
    if (gaveUp || Date.now() > deadline) throw await unanswered(root, gaveUp, startTimeoutSeconds);
    await pause(20);
  }
}

/** Whether the router of the data folder lives. Asks the system, not the router: cheap enough for several times a second. */
export const isRouterAlive = async (dataFolder: string): Promise<boolean> =>
  (await runningRouter(resolve(dataFolder))) !== undefined;

/**
 * Ends the router of the data folder: politely, and with SIGKILL when it has not ended after 15 seconds. Nothing to do
 * when none runs. @returns true when one ran
 */
export async function stopRouter(dataFolder: string): Promise<boolean> {
  const identity = await runningRouter(resolve(dataFolder));
  if (!identity) return false;
  const deadline = Date.now() + 15_000;
  for (
    let signal: NodeJS.Signals | 0 = 'SIGTERM';
    isRunning(identity);
    signal = Date.now() > deadline ? 'SIGKILL' : 0
  ) {
    signalTo(identity, signal);
    await pause(20);
  }
  return true;
}

/** Signal 0 only asks whether it is there. */
function signalTo({ pid }: ProcessIdentity, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended just now
  }
}

/** Ends the router that came too late. Left alone, it would begin to serve if the other one ended before it looked. */
async function endLate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What `router-process.ts` exits with when another router has the folder: that one will answer. */
const lockedExitCode = 75;

const identityShape = z.object({ pid: z.number(), startTime: z.string() });

async function runningRouter(root: string): Promise<ProcessIdentity | undefined> {
  try {
    const text = await readFile(join(routerFolder(root), 'router.json'), 'utf8');
    const identity = identityShape.parse(JSON.parse(text));
    return isRunning(identity) ? identity : undefined;
  } catch {
    return undefined; // none was ever started, or it ended politely
  }
}

async function answering(root: string): Promise<{ control: RouterControl; pid: number } | undefined> {
  const identity = await runningRouter(root);
  if (!identity) return undefined;
  const control = routerControl(root);
  try {
    await callRouter(control, { method: 'GET', path: '/health', timeoutSeconds: 2 });
    return { control, pid: identity.pid };
  } catch {
    return undefined;
  }
}

async function spawnRouter(root: string, options: ForwardingOptions) {
  const folder = routerFolder(root);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = await open(join(folder, 'router.log'), 'a', 0o600);
  const program = fileURLToPath(new URL('router-process.ts', import.meta.url));
  // Of the environment only PATH: the router outlives this process and needs none of its secrets.
  const env = { PATH: process.env['PATH'] };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, root, JSON.stringify(options)],
    {
      cwd: folder,
      detached: true, // its own session: no signal meant for the host or its terminal reaches it
      env,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  child.on('error', () => {}); // seen as a router that does not answer
  child.unref();
  await log.close();
  return child;
}

async function unanswered(root: string, gaveUp: boolean, seconds: number): Promise<StepFailure> {
  const logFile = join(routerFolder(root), 'router.log');
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-5).join('\n');
  const found = gaveUp ? 'ended' : `did not answer within ${seconds} s`;
  return new StepFailure(
    'Pointsman.RouterUnreachable',
    `the router of ${root} ${found}; its log ${logFile} ends with:\n${tail}`,
  );
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import { isRunning, type ProcessIdentity } from '../../shared/process-identity.ts';
import { keeperState } from './call-keeper.ts';
import { siteFolders } from './site-setup.ts';

/** Keepers as processes of their own. */
export const keeperProcesses = { ensure: ensureKeeper, isAlive: isKeeperAlive, end: stopKeeper };

/**
 * Finds the keeper of the site's folder, or starts one as a process of its own that outlives this one. Resolves when it
 * answers. Safe to repeat, also by several hosts at once: one keeper wins.
 * @throws StepFailure `Pointsman.SiteUnreachable` with the last lines of its log when it does not answer within 10 s
 */
async function ensureKeeper(folder: string): Promise<void> {
  if (await answers(folder)) return;
  const child = await spawnKeeper(folder);
  for (const deadline = Date.now() + 10_000; !(await answers(folder)); await pause(15)) {
    const gaveUp = child.exitCode !== null && child.exitCode !== lockedExitCode;
    if (!gaveUp && Date.now() < deadline) continue;
    const log = await readFile(join(siteFolders(folder).keeper, 'keeper.log'), 'utf8').catch(() => '');
    const end = log.trimEnd().split('\n').slice(-5).join('\n');
    throw new StepFailure(
      'Pointsman.SiteUnreachable',
      `the keeper of ${folder} does not start; its log ends with:\n${end}`,
    );
  }
}

/** Whether the keeper's process lives. Asks the system, not the keeper. */
async function isKeeperAlive(folder: string): Promise<boolean> {
  return (await runningKeeper(folder)) !== undefined;
}

/** Ends the keeper; the server it keeps runs on. Nothing to do when there is none. */
async function stopKeeper(folder: string): Promise<void> {
  const keeper = await runningKeeper(folder);
  if (keeper === undefined) return;
  process.kill(keeper.pid, 'SIGTERM');
  for (const deadline = Date.now() + 5000; isRunning(keeper); await pause(10))
    if (Date.now() > deadline) process.kill(keeper.pid, 'SIGKILL');
}

/** What `keeper-process.ts` exits with when another keeper has the folder: that one will answer. */
const lockedExitCode = 75;
const identityShape = z.object({ pid: z.number(), startTime: z.string() });

async function runningKeeper(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    const identity = identityShape.parse(
      JSON.parse(await readFile(join(siteFolders(folder).keeper, 'keeper.json'), 'utf8')),
    );
    return isRunning(identity) ? identity : undefined;
  } catch {
    return undefined; // none was ever started, or it ended politely
  }
}

async function answers(folder: string): Promise<boolean> {
  if (!(await isKeeperAlive(folder))) return false;
  const found = await keeperState({ name: folder, folder, port: undefined }, 2000).catch(() => undefined);
  return found !== undefined;
}

async function spawnKeeper(folder: string): Promise<ChildProcess> {
  const own = siteFolders(folder).keeper;
  await mkdir(own, { recursive: true, mode: 0o700 });
  const log = await open(join(own, 'keeper.log'), 'a', 0o600);
  const program = fileURLToPath(new URL('keeper-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, folder], {
    cwd: own,
    detached: true, // its own session: no signal meant for the host or its terminal reaches it
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', log.fd, log.fd],
  });
  child.on('error', () => {}); // seen as a keeper that does not answer
  child.unref();
  await log.close();
  return child;
}

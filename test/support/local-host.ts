import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, open, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type HostClient, hostClient } from './host-client.ts';
import { endWhatOutlives } from './end-what-outlives.ts';
import { quickConfiguration, type QuickServices } from './quick-configuration.ts';

/** What a command printed, and how it ended. */
interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
interface FollowedCli {
  /** What it has written to standard error so far. */
  stderr(): string;
  readonly ended: Promise<CliRun>;
}

/**
 * A host as its users have it: a process with a data folder of its own, reached over HTTP and by the command line.
 * At the end it, its router and every instance are ended by pid, and all folders are removed.
 */
export interface LocalHost extends HostClient, AsyncDisposable {
  /** The same after a new start. */
  readonly url: string;
  /** Of the process that was started last. */
  readonly pid: number;
  /** A folder for whatever the test needs; removed at the end. */
  readonly folder: string;
  readonly dataFolder: string;
  /** `pointsman …`, told where this host is. */
  cli(...args: string[]): Promise<CliRun>;
  /** The same for a command that goes on while the test does other things. */
  follow(...args: string[]): FollowedCli;
  /** SIGKILL, as a power cut would. Router and instances live on. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and the same data. */
  start(): Promise<void>;
  /** Its exit code, once it has ended by itself. */
  ends(): Promise<number | null>;
  /** All it has written to standard error so far. */
  log(): Promise<string>;
}

const program = join(import.meta.dirname, '..', '..', 'cli', 'pointsman.ts');

/** A running host of these services, with short times everywhere, and whatever else its configuration is to say. */
export async function localHost(services: QuickServices, more: object = {}): Promise<LocalHost> {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-'));
  await chmod(folder, 0o711); // servers of protected groups may run as somebody else
  const dataFolder = join(folder, 'data');
  const config = join(folder, 'pointsman.yaml');
  const logFile = join(folder, 'host.log');
  await writeFile(config, quickConfiguration(services, more));
  const run = async (port: string) => {
    const args = ['start', '--config', config, '--data', dataFolder, '--port', port, '--log', 'json', '-o', 'jsonl'];
    const log = await open(logFile, 'a');
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', log.fd] });
    await log.close();
    try {
      return { child, url: await urlOf(child, logFile) };
    } catch (thrown) {
      await end(child);
      throw thrown;
    }
  };
  const end = async (child: ChildProcess) => {
    await ended(child, 'SIGKILL');
    await endWhatOutlives(dataFolder, config);
    await rm(folder, { recursive: true });
  };

  let { child, url } = await run('0');
  return {
    ...hostClient(url, folder),
    url,
    get pid() {
      return child.pid ?? 0;
    },
    folder,
    dataFolder,
    cli: (...args) => runCli([...args, '--endpoint', url]),
    follow: (...args) => followCli([...args, '--endpoint', url]),
    kill: () => ended(child, 'SIGKILL'),
    start: async () => void ({ child, url } = await run(new URL(url).port)),
    async ends() {
      if (child.exitCode === null) await once(child, 'exit');
      return child.exitCode;
    },
    log: () => readFile(logFile, 'utf8'),
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Runs `pointsman …` to its end, with nobody at the keyboard. */
export const runCli = (args: readonly string[]): Promise<CliRun> => followCli(args).ended;

function followCli(args: readonly string[]): FollowedCli {
  const { promise: ended, resolve } = Promise.withResolvers<CliRun>();
  const child = execFile(process.execPath, [program, ...args], { timeout: 60_000 }, (_, stdout, stderr) =>
    resolve({ exitCode: child.exitCode, stdout, stderr }),
  );
  let written = '';
  child.stderr?.on('data', (text: string) => (written += text));
  return { stderr: () => written, ended };
}

/** Where it listens: the first line it prints. */
async function urlOf(child: ChildProcess, logFile: string): Promise<string> {
  if (child.stdout === null) throw new Error('the host has no standard output');
  for await (const line of createInterface(child.stdout)) {
    child.stdout.resume();
    return (JSON.parse(line) as { url: string }).url;
  }
  throw new Error(`the host ended before it listened:\n${await readFile(logFile, 'utf8')}`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

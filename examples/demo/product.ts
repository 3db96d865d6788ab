import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A host as a user runs it: a process, reached by its command line and over HTTP. */
export interface Product {
  /** `http://127.0.0.1:<port>`; the same after a new start. */
  readonly endpoint: string;
  /** Starts the host. Resolves with its pid when it is healthy. */
  start(): Promise<number>;
  /** Ends the host with SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** Asks the host to end, and kills it when it does not. Safe to repeat. */
  stop(): Promise<void>;
  /** `pointsman push`: gives the digest and the execution that the push started. */
  push(folder: string, image: string): Promise<{ readonly digest: string; readonly executionArn: string }>;
}

const cli = join(import.meta.dirname, '..', '..', 'cli', 'pointsman.ts');
const endsWithinMs = 5_000;

/**
 * A host on a free port of this machine, with the given configuration, data folder and file for its output.
 * @param healthyWithinMs how long a start may take until it counts as failed
 */
export async function product(
  config: string,
  data: string,
  logFile: string,
  healthyWithinMs = 15_000,
): Promise<Product> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  let host: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = host;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    const late = sleep(endsWithinMs, undefined, { ref: false }).then(() => ending.kill('SIGKILL'));
    await Promise.race([gone, late.then(() => gone)]);
  }

  return {
    endpoint,
    async start() {
      const log = openSync(logFile, 'a');
      const args = ['start', '--config', config, '--data', data, '--port', String(port)];
      const started = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', log, log] });
      host = started;
      for (const from = Date.now(); !(await isHealthy(endpoint)); await sleep(50)) {
        if (started.exitCode === null && Date.now() - from < healthyWithinMs) continue;
        throw new Error(`the host did not become healthy; its last lines:\n${lastLines(logFile)}`);
      }
      return started.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async push(folder, image) {
      const args = [cli, 'push', folder, image, '--endpoint', endpoint, '--json'];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { digest, executionArn } = JSON.parse(stdout) as { digest: string; executionArn: string | null };
      if (executionArn === null)
        throw new Error(`pushing ${image} started no execution; the host's last lines:\n${lastLines(logFile)}`);
      return { digest, executionArn };
    },
  };
}

const isHealthy = (endpoint: string): Promise<boolean> =>
  fetch(`${endpoint}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

const lastLines = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import type { Interruption, Io, Sink } from './io.ts';

/**
 * This process as a command's world. The first Ctrl-C or SIGTERM asks the command to leave in order, the second leaves
 * at once; a reader that goes away (`| head`) asks too.
 */
export function nodeIo(): Io {
  const leaving = new AbortController();
  const leave = (why: Interruption) => leaving.abort(why);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (leaving.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      leave(signal);
    });
  return {
    stdout: sinkOf(process.stdout, () => leave('EPIPE')),
    stderr: sinkOf(process.stderr, () => leave('EPIPE')),
    stdinIsTty: process.stdin.isTTY,
    env: process.env,
    userName: accountName,
    cwd: process.cwd(),
    now: Date.now,
    utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
    fetch,
    sleep: (ms) => sleepUntil(ms, leaving.signal),
    interrupted: leaving.signal,
    readText: (path) => unlessMissing(readFile(path, 'utf8')),
    listFolder: (path) => unlessMissing(readdir(path)),
    async writeText(path, text) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    },
    appendText: (path, text) => appendFile(path, text),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question, { signal: leaving.signal });
      } finally {
        lines.close();
      }
    },
  };
}

/** Node tells of a closed pipe by an event, long after `write` returned; from then on nothing is written. */
function sinkOf(stream: NodeJS.WritableStream & Partial<WriteStream>, onBroken: () => void): Sink {
  let broken = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    broken = true;
    onBroken();
  });
  return {
    get isTty() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 80;
    },
    write: (text) => void (broken || stream.write(text)),
  };
}

/** A container may run under a number that no account has. */
function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

const sleepUntil = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

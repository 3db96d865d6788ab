import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogSink } from '../../engine/runner/ports.ts';
import { pathOfKey } from './object-store/path-of-key.ts';

/** `arn:aws:logs:<region>:<account>:log-group:<name>:*` */
const LOG_GROUP = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([\w./#-]{1,512}):\*$/;

interface Request {
  readonly lines: readonly string[];
  readonly taken: () => void;
  readonly rejected: (thrown: unknown) => void;
}

/**
 * Log groups as files of JSON lines in a folder, each named like its group: `%/aws/states/x.jsonl` is `/aws/states/x`.
 * A group is made when something is put there. Taken lines are on disk; what comes while a group is being written is
 * written next, with one flush. A file may be moved or removed at any time. A line that a crash left half is cut off
 * before the next one, for it was not taken and comes again.
 */
export function fileLogSink(folder: string): LogSink {
  const waiting = new Map<string, Request[]>();

  async function write(path: string, requests: Request[]): Promise<void> {
    while (requests.length > 0) {
      const batch = requests.splice(0);
      const text = batch.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join('');
      await append(path, text).then(
        () => batch.forEach(({ taken }) => taken()),
        (thrown: unknown) => batch.forEach(({ rejected }) => rejected(thrown)),
      );
    }
    waiting.delete(path);
  }

  return {
    has: async (arn) => LOG_GROUP.test(arn),
    put: (arn, lines) =>
      new Promise((taken, rejected) => {
        const name = LOG_GROUP.exec(arn)?.[1];
        if (name === undefined) return rejected(new Error(`${arn} is no log group's ARN`));
        const path = `${join(folder, pathOfKey(name))}.jsonl`;
        const requests = waiting.get(path) ?? [];
        requests.push({ lines, taken, rejected });
        if (waiting.has(path)) return;
        waiting.set(path, requests);
        void write(path, requests);
      }),
  };
}

async function append(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const end = await wholeLines(file, size);
    if (end < size) await file.truncate(end);
    try {
      await file.appendFile(text);
      await file.datasync();
    } catch (thrown) {
      await file.truncate(end); // all of it or nothing
      throw thrown;
    }
  } finally {
    await file.close();
  }
}

type File = Awaited<ReturnType<typeof open>>;

const CHUNK_BYTES = 64 * 1024;

/** Where the last whole line of a file ends. */
async function wholeLines(file: File, size: number): Promise<number> {
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(10);
    if (newline !== -1) return start + newline + 1;
  }
  return 0;
}

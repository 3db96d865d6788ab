import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** What a command printed, as it meant it for programs, and its exit code. */
export interface Answer {
  readonly code: number;
  readonly value: unknown;
  readonly problem: string;
}

/** Runs `pointsman …` as a person's script would. */
export type Pointsman = (...args: readonly string[]) => Promise<Answer>;

const program = join(import.meta.dirname, '..', '..', '..', 'cli', 'pointsman.ts');
const withinMs = 60_000;

export const pointsman =
  (endpoint: string, signal: AbortSignal): Pointsman =>
  (...args) =>
    new Promise((resolve, reject) => {
      const all = [program, ...args, '--endpoint', endpoint, '--json'];
      const options = { signal, timeout: withinMs, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, all, options, (error, stdout, stderr) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, value: readJson(stdout), problem: (stderr || error?.message || '').trim() });
      });
    });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

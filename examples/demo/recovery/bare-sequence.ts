import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';

const bench = join(import.meta.dirname, '..', '..', '..', 'bench', 'switchover', 'run.ts');
const round = z.looseObject({ outageMs: z.number() });

/** A pair of servers of its own, on which nothing but a switchover's bare steps is done. */
export interface BareSequence {
  /** For how long one kept writes out on this machine now, milliseconds. */
  outageMs(): Promise<number>;
  end(): Promise<void>;
}

export function startBareSequence(signal: AbortSignal): BareSequence {
  const child = spawn(process.execPath, [bench, 'asked'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal,
    killSignal: 'SIGTERM',
  });
  child.on('error', () => {}); // seen as one that gives no line
  child.stdin.on('error', () => {});
  const gone = once(child, 'exit').catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async outageMs() {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      signal.throwIfAborted();
      if (done) throw new Error('the bare sequence ended by itself; what it said stands above');
      return round.parse(JSON.parse(value)).outageMs;
    },
    async end() {
      child.stdin.end();
      await gone;
    },
  };
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
};

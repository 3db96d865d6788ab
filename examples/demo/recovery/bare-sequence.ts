import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';

const bench = join(import.meta.dirname, '..', '..', '..', 'bench', 'switchover', 'run.ts');
const measured = z.looseObject({ rounds: z.array(z.looseObject({ outageMs: z.number() })) });

/** For how long a switchover keeps writes out on this machine now when nothing but its bare steps is done, each time. */
export async function measureBareSequence(rounds: number, signal: AbortSignal): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, String(rounds)], {
    signal,
    killSignal: 'SIGTERM',
  });
  return measured.parse(JSON.parse(stdout)).rounds.map(({ outageMs }) => outageMs);
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
};

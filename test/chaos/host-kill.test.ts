import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { seededDice } from '../support/seeded-dice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const host = join(import.meta.dirname, 'crashing-host.ts');
const arn = 'arn:aws:states:us-east-1:000000000000:execution:crash:run';
const SEED = 20_260_101;
const AT_ONCE = 4;

/** Runs the host until it ends or kills itself; undefined for the latter. */
async function runHost(
  machine: string,
  folder: string,
  point: number,
): Promise<{ moments: number; output: unknown } | undefined> {
  const files = [join(folder, 'executions.db'), join(folder, 'calls.jsonl')];
  const ended = run(process.execPath, [host, machine, ...files, String(point)], { timeout: 30_000 });
  try {
    return JSON.parse((await ended).stdout);
  } catch (thrown) {
    if ((thrown as { signal?: string }).signal === 'SIGKILL') return undefined;
    throw thrown;
  }
}

async function whatRemains(folder: string) {
  const store = sqliteExecutionStore(join(folder, 'executions.db'));
  const { items } = await store.history(arn, { limit: 30_000, reverse: false });
  const outbox = await Array.fromAsync(store.outbox());
  const { items: executions } = await store.list({ limit: 1000 });
  const { items: mapRuns } = await store.mapRuns({ executionArn: arn, limit: 10 });
  store.close();
  const lines = readFileSync(join(folder, 'calls.jsonl'), 'utf8').trim().split('\n');
  const calls = lines.map((line) => JSON.parse(line) as { name: string; key: string });
  const children = executions.filter(({ mapRunArn }) => mapRunArn !== undefined);
  return {
    ids: items.map(({ id }) => id),
    types: items.map(({ type }) => type).sort(),
    outbox,
    calls,
    children,
    mapRuns,
  };
}

describe('a host killed at a random moment and started again', () => {
  it.each([
    ['inline', 50, { sum: 22, word: 'paused' }],
    ['distributed', 30, { sum: 15, word: 'caught' }],
  ])(
    'ends %s Maps as an undisturbed one would, in each of %i kills',
    { timeout: 180_000 },
    async (machine, kills, output) => {
      const calm = await temporaryFolder();
      const undisturbed = await runHost(machine, calm, 0);
      const expected = await whatRemains(calm);
      expect(undisturbed?.output).toEqual(output);

      const { uniform } = seededDice(SEED);
      const points = Array.from({ length: kills }, () => 1 + Math.floor(uniform() * (undisturbed?.moments ?? 1)));
      const kill = async (point: number) => {
        const folder = await temporaryFolder();
        const named = `seed ${SEED}, killed at moment ${point}`;
        const result = (await runHost(machine, folder, point)) ?? (await runHost(machine, folder, 0));
        const { ids, types, outbox, calls, children, mapRuns } = await whatRemains(folder);

        expect(result?.output, named).toEqual(output);
        expect(ids, named).toEqual(ids.map((_, i) => i + 1));
        expect(types, named).toEqual(expected.types);
        expect(outbox, named).toEqual([]);
        expect(
          calls.filter(({ key }) => typeof key !== 'string' || !key.startsWith('arn:')),
          named,
        ).toEqual([]);
        expect(new Set(calls.map(({ key }) => key)).size, named).toBe(expected.calls.length);
        expect(
          children.filter(({ status }) => status === 'RUNNING'),
          named,
        ).toEqual([]);
        expect(
          mapRuns.map(({ status, itemCounts }) => ({ status, itemCounts })),
          named,
        ).toEqual(expected.mapRuns.map(({ status, itemCounts }) => ({ status, itemCounts })));
      };
      for (let i = 0; i < points.length; i += AT_ONCE) await Promise.all(points.slice(i, i + AT_ONCE).map(kill));
    },
  );
});

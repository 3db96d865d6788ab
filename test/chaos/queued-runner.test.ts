import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../engine/data/json.ts';
import type { TaskDispatcher, TaskOutcome } from '../../engine/runner/ports.ts';
import { historyLines } from '../support/history-lines.ts';
import { runQueued } from '../support/run-queued.ts';
import type { Mischief } from '../support/unreliable-queue.ts';
import { childMachines, crashMachine, distributedCrashMachine, parentMachine } from './crash-machine.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** `steady` gives what it is given; `flaky` fails twice before it does. */
function workers(): TaskDispatcher & { readonly keys: Set<string> } {
  const keys = new Set<string>();
  const work = (name: string, input: Json): TaskOutcome => {
    const { attempt = 0, value = null } = isObject(input) ? input : {};
    return name === 'flaky' && Number(attempt) < 2
      ? { kind: 'failed', error: 'NotYet', cause: `attempt ${Number(attempt)}` }
      : { kind: 'succeeded', output: value };
  };
  return {
    keys,
    knows: () => true,
    cancel: () => {},
    dispatch({ key, resource, input }, report) {
      keys.add(key);
      queueMicrotask(() => report(work(resource.split(':').at(-1) ?? '', input)));
    },
  };
}

const cases = [
  { name: 'branches, iterations, retries and waits', machine: crashMachine, input: { items: [1, 2, 3, 4, 5] } },
  { name: 'distributed Maps', machine: distributedCrashMachine, input: { items: [1, 2, 3, 4, 5, 6] } },
  { name: 'child executions', machine: parentMachine, input: null },
];

const mischiefs: readonly { readonly name: string; readonly mischief: Mischief }[] = [
  { name: 'every notice given twice', mischief: { doubles: true } },
  { name: 'notices late and out of order', mischief: { delayMs: 3_000 } },
  { name: 'processes that end anywhere', mischief: { kills: 0.3 } },
  { name: 'all of it at once', mischief: { doubles: true, delayMs: 3_000, kills: 0.3 } },
];

describe.each(cases)('processes that live from notice to notice run $name', ({ machine, input }) => {
  it.each(mischiefs)('to the same end with $name', async ({ mischief }) => {
    const calm = workers();
    const undisturbed = await runQueued(machine, input, calm, childMachines, { seed: 0 });
    expect(undisturbed.summary.status).toBe('SUCCEEDED');
    let deaths = 0;
    for (const seed of SEEDS) {
      const calls = workers();
      const run = await runQueued(machine, input, calls, childMachines, { ...mischief, seed });
      const named = `seed ${seed}: ${run.given} notices, ${run.deaths} deaths`;

      expect(run.summary, named).toMatchObject({ status: 'SUCCEEDED', output: undisturbed.summary.output });
      expect(run.outbox, named).toEqual([]);
      expect(historyLines(run.history), named).toEqual(historyLines(undisturbed.history));
      expect(calls.keys.size, named).toBe(calm.keys.size);
      expect(
        run.children.filter(({ status }) => status === 'RUNNING'),
        named,
      ).toEqual([]);
      expect(
        run.mapRuns.map(({ status, itemCounts }) => ({ status, itemCounts })),
        named,
      ).toEqual(undisturbed.mapRuns.map(({ status, itemCounts }) => ({ status, itemCounts })));
      deaths += run.deaths;
    }
    expect(deaths > 0).toBe(mischief.kills !== undefined);
  });
});

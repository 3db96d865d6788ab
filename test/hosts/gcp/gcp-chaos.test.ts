import { afterEach, describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../../engine/data/json.ts';
import type { StoredMachine } from '../../../engine/runner/ports.ts';
import { childMachines, crashMachine, distributedCrashMachine, parentMachine } from '../../chaos/crash-machine.ts';
import { historyLines } from '../../support/history-lines.ts';
import { seededDice } from '../../support/seeded-dice.ts';
import { type GcpHost, type GcpHostOptions, machineArn, startGcpHost } from './start-gcp-host.ts';

/** More of them with POINTSMAN_CHAOS. */
const SEEDS = process.env['POINTSMAN_CHAOS'] === undefined ? [1, 2] : [1, 2, 3, 4, 5, 6, 7, 8];

const cases: readonly { readonly name: string; readonly machine: StoredMachine; readonly input: Json }[] = [
  { name: 'branches, iterations, retries and waits', machine: crashMachine, input: { items: [1, 2, 3, 4, 5] } },
  { name: 'distributed Maps', machine: distributedCrashMachine, input: { items: [1, 2, 3, 4, 5, 6] } },
  { name: 'child executions', machine: parentMachine, input: null },
];

type Disturbance = Partial<GcpHostOptions>;

const disturbances: readonly { readonly name: string; readonly disturb: (uniform: () => number) => Disturbance }[] = [
  { name: 'every task delivered twice', disturb: () => ({ mischief: { copies: () => 2 } }) },
  {
    name: 'tasks delivered late and out of order to three instances',
    disturb: (uniform) => ({ instances: 3, mischief: { delayMs: () => Math.floor(uniform() * 3000) } }),
  },
  {
    name: 'instances that end after the effect and before the answer',
    disturb: (uniform) => ({ dies: () => uniform() < 0.3 }),
  },
  {
    name: 'a store that refuses commits and fails',
    disturb: (uniform) => ({
      wrapStore: (store) => ({
        ...store,
        commit: async (...commit) => {
          const luck = uniform();
          if (luck < 0.2) throw new Error('14 UNAVAILABLE: The service is currently unavailable.');
          if (luck < 0.4) return 'conflict';
          return store.commit(...commit);
        },
      }),
    }),
  },
  {
    name: 'commits whose answer is lost',
    disturb: (uniform) => ({
      wrapDocuments: (documents) => ({
        ...documents,
        async write(writes) {
          const answer = await documents.write(writes);
          // The client asks again, and is refused because its first try was taken.
          return uniform() < 0.3 && answer !== 'refused' ? documents.write(writes) : answer;
        },
      }),
    }),
  },
  {
    name: 'all of it at once',
    disturb: (uniform) => ({
      instances: 2,
      mischief: { copies: () => 2, delayMs: () => Math.floor(uniform() * 3000) },
      dies: () => uniform() < 0.2,
      wrapStore: (store) => ({
        ...store,
        commit: async (...commit) => (uniform() < 0.2 ? 'conflict' : store.commit(...commit)),
      }),
    }),
  },
];

const hosts: GcpHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.end();
});

async function run(machine: StoredMachine, input: Json, disturbance: Disturbance) {
  const keys = new Set<string>();
  const host = await startGcpHost({
    definitions: { ...childMachines, m: machine.definition },
    functions: {
      async steady(given, { key }) {
        keys.add(key);
        return isObject(given) ? (given['value'] ?? null) : null;
      },
      async flaky(given, { key }) {
        keys.add(key);
        const { attempt = 0, value = null } = isObject(given) ? given : {};
        if (Number(attempt) < 2) throw Object.assign(new Error(`attempt ${Number(attempt)}`), { name: 'NotYet' });
        return value;
      },
    },
    ...disturbance,
  });
  hosts.push(host);
  const request = { stateMachineArn: machineArn('m'), name: 'run', input: JSON.stringify(input) };
  const { executionArn } = await host.call('StartExecution', request);
  await host.settled();
  const arn = String(executionArn);
  const { items: history } = await host.store.history(arn, { limit: 30_000, reverse: false });
  const { items: running } = await host.store.list({ status: 'RUNNING', limit: 100 });
  const { items: mapRuns } = await host.store.mapRuns({ executionArn: arn, limit: 9 });
  return {
    summary: await host.store.summary(arn),
    lines: historyLines(
      JSON.parse(JSON.stringify(history, (key, value: unknown) => (key === 'cause' ? 'CAUSE' : value))),
    ),
    running: running.map(({ name }) => name),
    outbox: await Array.fromAsync(host.store.outbox()),
    mapRuns: mapRuns.map(({ status, itemCounts }) => ({ status, itemCounts })),
    keys: keys.size,
    deaths: host.deaths(),
    attempts: host.tasks().attempts,
  };
}

describe.each(cases)('on Google Cloud, $name come to the same end', ({ machine, input }) => {
  let undisturbed: ReturnType<typeof run> | undefined;

  it.each(disturbances)('with $name', async ({ name, disturb }) => {
    const calm = await (undisturbed ??= run(machine, input, {}));
    expect(calm.summary?.status).toBe('SUCCEEDED');
    let [deaths, attempts] = [0, 0];
    for (const seed of SEEDS) {
      const { uniform } = seededDice(seed);
      const found = await run(machine, input, { ...disturb(uniform), sweeps: true });
      const named = `seed ${seed}: ${found.attempts} deliveries, ${found.deaths} deaths`;

      expect(found.summary, named).toMatchObject({ status: 'SUCCEEDED', output: calm.summary?.output });
      expect(found.lines, named).toEqual(calm.lines);
      expect(found.outbox, named).toEqual([]);
      expect(found.running, named).toEqual([]);
      expect(found.mapRuns, named).toEqual(calm.mapRuns);
      expect(found.keys, named).toBe(calm.keys);
      deaths += found.deaths;
      attempts += found.attempts;
    }
    expect(deaths > 0).toBe(name.startsWith('instances that end') || name.startsWith('all of it'));
    expect(attempts).toBeGreaterThanOrEqual(SEEDS.length * calm.attempts);
  });
});

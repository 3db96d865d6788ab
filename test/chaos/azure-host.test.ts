import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../engine/data/json.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { ExecutionStore, StoredMachine } from '../../engine/runner/ports.ts';
import { composeEngine } from '../../adapters/local/host/compose-engine.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { countingIds } from '../support/counting-ids.ts';
import type { LocalFunctions } from '../../adapters/local/local-function.ts';
import { startAzureHost } from '../hosts/azure/azure-host.ts';
import { azureExecutionStore } from '../../adapters/azure/tables/execution-store.ts';
import { azurite, startAzurite, withoutAzurite } from '../support/azurite.ts';
import { historyLines } from '../support/history-lines.ts';
import { functionArn, storedMachine } from '../support/run-machine.ts';
import { seededDice } from '../support/seeded-dice.ts';
import { type TestClock, testClock } from '../support/test-clock.ts';
import { crashMachine, distributedCrashMachine } from './crash-machine.ts';

const SEEDS = [1, 2, 3, 4, 5];

const startOf = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Arguments: { StateMachineArn: storedMachine(name, {}).arn, Input: {} },
  ...more,
});
const children = {
  short: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 5, End: true } } },
  long: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 86_400, End: true } } },
};
/** One child that ends, one that is given up after a minute and has to be stopped; a result that comes too late. */
const parent = storedMachine('parent', {
  QueryLanguage: 'JSONata',
  StartAt: 'Short',
  States: {
    Short: startOf('short', { Output: 'short', Next: 'Long' }),
    Long: startOf('long', {
      TimeoutSeconds: 60,
      Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'given up', Next: 'Late' }],
      End: true,
    }),
    Late: {
      Type: 'Task',
      Resource: functionArn('late'),
      TimeoutSeconds: 10,
      Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'too late', Next: 'Done' }],
      End: true,
    },
    Done: { Type: 'Wait', Seconds: 30, End: true },
  },
});

const cases = [
  { name: 'branches, iterations, retries and waits', machine: crashMachine, input: { items: [1, 2, 3, 4] } },
  { name: 'distributed Maps', machine: distributedCrashMachine, input: { items: [1, 2, 3, 4, 5, 6] } },
  { name: 'child executions and timeouts', machine: parent, input: null },
];

interface Disturbance {
  readonly doubles?: boolean;
  readonly delayMs?: number;
  readonly kills?: number;
  readonly processes?: number;
  /** Of the commits, those that the store refuses: with a conflict, or by not answering well. */
  readonly refusals?: number;
}

const disturbances: readonly { readonly name: string; readonly disturbance: Disturbance }[] = [
  { name: 'nothing in its way', disturbance: {} },
  { name: 'every message delivered twice', disturbance: { doubles: true } },
  { name: 'messages late and out of order', disturbance: { delayMs: 3_000 } },
  { name: 'processes that end anywhere', disturbance: { kills: 0.2 } },
  { name: 'a store that refuses commits', disturbance: { refusals: 0.2 } },
  { name: 'five processes side by side', disturbance: { processes: 5, delayMs: 500 } },
  {
    name: 'all of it at once',
    disturbance: { processes: 3, doubles: true, delayMs: 3_000, kills: 0.1, refusals: 0.1 },
  },
];

describe.each(cases)('the Azure host on the model of its platform runs $name', ({ machine, input }) => {
  it.each(disturbances)('to the history of the local runner, with $name', async ({ disturbance }) => {
    const undisturbed = await runLocally(machine, input);
    const { doubles, delayMs, kills, refusals } = disturbance;
    let [deaths, refused, extra] = [0, 0, 0];
    for (const seed of (kills ?? delayMs ?? refusals) === undefined ? [1] : SEEDS) {
      const run = await runOnAzure(machine, input, { ...disturbance, seed });
      const named = `seed ${seed}: ${run.deaths} deaths, ${run.refused} refusals`;

      expect(run.summary, named).toMatchObject({ status: 'SUCCEEDED', output: undisturbed.summary?.output });
      expect(historyLines(run.history), named).toEqual(historyLines(undisturbed.history));
      expect(run.keys.size, named).toBe(undisturbed.keys.size);
      expect(run.running, named).toEqual([]);
      deaths += run.deaths;
      refused += run.refused;
      extra += run.extraActivities;
    }
    expect({ deaths: deaths > 0, refused: refused > 0 }).toEqual({
      deaths: kills !== undefined,
      refused: refusals !== undefined,
    });
    if (doubles === true) expect(extra).toBeGreaterThan(0);
  });
});

describe.skipIf(azurite === undefined)(`on Azure Tables as Azurite has them${withoutAzurite}`, () => {
  it('the Azure host runs through deaths and refusals to the history of the local runner', async () => {
    const storage = await startAzurite(azurite ?? '');
    try {
      const store = azureExecutionStore(await storage.storage());
      const input = { items: [1, 2, 3] };
      const run = await runOnAzure(crashMachine, input, { kills: 0.2, refusals: 0.1, doubles: true, seed: 7 }, store);
      const undisturbed = await runLocally(crashMachine, input);

      expect(run.summary).toMatchObject({ status: 'SUCCEEDED', output: undisturbed.summary?.output });
      expect(historyLines(run.history)).toEqual(historyLines(undisturbed.history));
      expect(run.deaths).toBeGreaterThan(0);
    } finally {
      await storage.stop();
    }
  });
});

/** What the functions do: `steady` gives what it is given; `flaky` fails twice before it does. */
function work(name: string, input: Json): Json {
  const { attempt = 0, value = null } = isObject(input) ? input : {};
  if (name === 'flaky' && Number(attempt) < 2)
    throw Object.assign(new Error(`attempt ${Number(attempt)}`), { name: 'NotYet', stack: '' });
  return value;
}

/** Functions that tell the key of each attempt; `late` answers after the state has given it up. */
const functionsOn = (clock: TestClock, keys: Set<string>): LocalFunctions =>
  new Map(
    ['steady', 'flaky', 'late'].map((name) => [
      functionArn(name),
      async (given, { key }) => {
        keys.add(key);
        if (name !== 'late') return work(name, given);
        return new Promise((resolve) => void clock.at(toEpochMs(clock.now() + 15_000), () => resolve('late')));
      },
    ]),
  );

const start = ({ arn }: StoredMachine, input: Json): Request =>
  new Request('https://app.example/', {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
    body: JSON.stringify({ stateMachineArn: arn, name: 'run', input: JSON.stringify(input) }),
  });

const executionIn = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { executionArn: string }).executionArn;

const place = { region: 'us-east-1', account: '000000000000' };

/** On the engine as the local host composes it, in one process that nothing disturbs. */
async function runLocally(machine: StoredMachine, input: Json) {
  const clock = testClock();
  const keys = new Set<string>();
  const store = memoryExecutionStore();
  await putMachines(store, machine);
  const log = () => {};
  const dispatcher = inProcessTaskDispatcher({ functions: functionsOn(clock, keys), concurrency: 64, clock, log });
  const engine = composeEngine({ store, dispatcher, clock, ids: countingIds(), onProblem: log });
  const arn = await executionIn(await engine.api(place)(start(machine, input)));
  const turns = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await engine.runner.settled();
      await new Promise(setImmediate);
    }
  };
  await turns();
  while ((await store.summary(arn))?.status === 'RUNNING' && clock.advanceToNext()) await turns();
  const { items: history } = await store.history(arn, { limit: 30_000, reverse: false });
  await engine.close();
  return { summary: await store.summary(arn), history, keys };
}

async function putMachines(store: ExecutionStore, machine: StoredMachine): Promise<void> {
  for (const [name, definition] of Object.entries(children)) await store.putMachine(storedMachine(name, definition));
  await store.putMachine(machine);
}

async function runOnAzure(
  machine: StoredMachine,
  input: Json,
  { seed, refusals = 0, ...mischief }: Disturbance & { readonly seed: number },
  under: ExecutionStore = memoryExecutionStore(),
) {
  const { uniform } = seededDice(seed);
  const clock = testClock();
  const keys = new Set<string>();
  let refused = 0;
  const store: ExecutionStore = {
    ...under,
    async commit(...commit) {
      if (uniform() >= refusals) return under.commit(...commit);
      refused++;
      if (uniform() < 0.5) return 'conflict';
      if (uniform() < 0.5) await under.commit(...commit); // done, and nobody hears of it
      throw new Error('the store is away');
    },
  };
  await putMachines(under, machine);
  const functions = functionsOn(clock, keys);
  const host = await startAzureHost({ clock, functions, store, mischief: { ...mischief, uniform } });
  const arn = await executionIn(await host.api(start(machine, input)));
  const summary = await host.ended(arn);
  const history = await host.history(arn);
  const { items } = await under.list({ limit: 1000, status: 'RUNNING' });
  const extraActivities = host.model.counts.activities - host.model.instances.size;
  host.end();
  return { summary, history, keys, running: items, deaths: host.deaths(), refused, extraActivities };
}

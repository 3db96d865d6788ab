import type { HistoryEvent } from '../../engine/core/history.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { Json } from '../../engine/data/json.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { ExecutionSummary, MapRun, StoredMachine, TaskDispatcher } from '../../engine/runner/ports.ts';
import { createQueuedRunner } from '../../engine/runner/queued-runner.ts';
import { countingIds } from './counting-ids.ts';
import { mustRead, storedMachine } from './run-machine.ts';
import { seededDice } from './seeded-dice.ts';
import { testClock } from './test-clock.ts';
import { type Mischief, mortal, unreliableQueue } from './unreliable-queue.ts';

export interface QueuedRun {
  readonly summary: ExecutionSummary;
  readonly history: readonly HistoryEvent[];
  readonly children: readonly ExecutionSummary[];
  readonly mapRuns: readonly MapRun[];
  /** Kinds of the effects that are left. */
  readonly outbox: readonly string[];
  readonly given: number;
  readonly deaths: number;
}

/** Runs a machine with processes that live from notice to notice, on virtual time, sweeping once a minute. */
export async function runQueued(
  definition: StoredMachine,
  input: Json,
  dispatcher: TaskDispatcher,
  machines: Readonly<Record<string, object>>,
  mischief: Mischief & { readonly seed: number },
): Promise<QueuedRun> {
  const clock = testClock();
  const store = memoryExecutionStore();
  const { uniform } = seededDice(mischief.seed);
  const ids = countingIds();
  const world = unreliableQueue(
    clock,
    uniform,
    (queue) => {
      let dead = false;
      const isDead = () => dead;
      const runner = createQueuedRunner({
        store: mortal(store, isDead),
        queue: mortal(queue, isDead),
        dispatcher: mortal(dispatcher, isDead),
        clock,
        ids,
        machineOf: ({ definition: text }) => mustRead(text),
        onProblem: () => {}, // a start that waits for a stop, and the like: it is given again
      });
      return { runner, kill: () => void (dead = true) };
    },
    mischief,
  );
  for (const [name, other] of Object.entries(machines)) await store.putMachine(storedMachine(name, other));
  await store.putMachine(definition);
  const { execution } = await world.runner().start({ machine: definition, name: 'run', input: JSON.stringify(input) });
  const left = async () => (await Array.fromAsync(store.outbox())).map(({ effect }) => effect.kind);
  const ended = async () => (await store.summary(execution.arn))?.status !== 'RUNNING' && (await left()).length === 0;
  const sweepEveryMinute = () =>
    void clock.at(toEpochMs(clock.now() + 60_000), () => {
      void world.runner().recover();
      sweepEveryMinute();
    });
  sweepEveryMinute();
  for (let turns = 0; turns < 50_000 && !(await ended()); turns++) {
    clock.advanceToNext();
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  }
  const summary = await store.summary(execution.arn);
  if (summary === undefined) throw new Error('the execution is gone');
  const { items: history } = await store.history(execution.arn, { limit: 30_000, reverse: false });
  return {
    summary,
    history,
    children: (await store.list({ limit: 1000 })).items.filter(({ arn }) => arn !== execution.arn),
    mapRuns: (await store.mapRuns({ executionArn: execution.arn, limit: 1000 })).items,
    outbox: await left(),
    given: world.given(),
    deaths: world.deaths(),
  };
}

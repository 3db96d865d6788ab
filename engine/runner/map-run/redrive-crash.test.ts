import { describe, expect, it } from 'vitest';
import { countingIds } from '../../../test/support/counting-ids.ts';
import { functionArn, mustRead, storedMachine } from '../../../test/support/run-machine.ts';
import { testClock } from '../../../test/support/test-clock.ts';
import type { Json } from '../../data/json.ts';
import { createRunner } from '../create-runner.ts';
import { memoryExecutionStore } from '../memory-execution-store.ts';
import type { ExecutionStore, TaskDispatcher } from '../ports.ts';
import type { Runner } from '../runner.ts';

const ITEMS = ['succeeds', 'fails', 'hangs', 'waits for its turn'];
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

const machine = (executionType: 'STANDARD' | 'EXPRESS') =>
  storedMachine('machine', {
    StartAt: 'All',
    States: {
      All: {
        Type: 'Map',
        Label: 'all',
        MaxConcurrency: 3,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: executionType },
          StartAt: 'Work',
          States: { Work: { Type: 'Task', Resource: functionArn('work'), End: true } },
        },
        End: true,
      },
    },
  });

/** A store whose process dies right after its `limit`th commit: it answers nothing any more. */
function dyingStore(store: ExecutionStore, limit: number) {
  const died = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  let commits = 0;
  const isDead = () => commits >= limit;
  const counted = async <T>(write: () => Promise<T>): Promise<T> => {
    if (isDead()) return never;
    const answer = await write();
    commits++;
    if (!isDead()) return answer;
    died.resolve();
    return never;
  };
  const dying: ExecutionStore = {
    ...store,
    create: (...asked) => counted(() => store.create(...asked)),
    commit: (...asked) => counted(() => store.commit(...asked)),
    load: (arn) => (isDead() ? never : store.load(arn)),
    summary: (arn) => (isDead() ? never : store.summary(arn)),
    list: (query) => (isDead() ? never : store.list(query)),
  };
  return { dying, died: died.promise, commits: () => commits };
}

/** A world in which a Map Run failed once; then all is well. Hosts come and go over the same store. */
function world(executionType: 'STANDARD' | 'EXPRESS') {
  const store = memoryExecutionStore();
  const clock = testClock();
  const ids = countingIds();
  const problems: unknown[] = [];
  const calls: Json[] = [];
  let isWell = false;
  const dispatcher = (): TaskDispatcher => ({
    knows: () => true,
    dispatch({ input }, report) {
      calls.push(input);
      const does = isWell ? 'succeeds' : input;
      if (does === 'succeeds') setImmediate(() => report({ kind: 'succeeded', output: input }));
      if (does === 'fails') setTimeout(() => report({ kind: 'failed', error: 'No', cause: 'not today' }), 0);
    },
    cancel: () => undefined,
  });
  const host = (over: ExecutionStore): Runner =>
    createRunner({
      store: over,
      dispatcher: dispatcher(),
      clock,
      ids,
      machineOf: ({ definition }) => mustRead(definition),
      onProblem: (problem, arn, thrown) => problems.push({ problem, arn, thrown }),
    });
  const ended = async (runner: Runner) => {
    const { status } = await runner.ended(ARN);
    for (let turn = 0; turn < 10; turn++) {
      await runner.settled();
      await new Promise(setImmediate);
    }
    return status;
  };
  return {
    store,
    host,
    ended,
    problems,
    /** Makes everything succeed, and forgets the calls so far. */
    heal() {
      isWell = true;
      calls.length = 0;
    },
    calls,
    start: async (runner: Runner) =>
      void (await runner.start({ machine: machine(executionType), name: 'run', input: JSON.stringify(ITEMS) })),
    async prepare() {
      await store.putMachine(machine(executionType));
    },
  };
}

/** A redrive, with the host killed after so many commits of it; gives whether it got that far. */
async function redriveWithCrash(executionType: 'STANDARD' | 'EXPRESS', phase: 'failing' | 'redriving', limit: number) {
  const { store, host, ended, problems, heal, calls, start, prepare } = world(executionType);
  await prepare();
  const { dying, died, commits } = dyingStore(store, limit);
  const first = host(phase === 'failing' ? dying : store);
  void start(first);
  await Promise.race([died, ended(first)]);
  const second = phase === 'failing' ? host(store) : host(dying);
  if (phase === 'failing') {
    await second.recover();
    expect(await ended(second)).toBe('FAILED');
  }
  const { items: succeeded } = await store.list({ status: 'SUCCEEDED', limit: 10 });
  heal();
  const redriven = second.redrive(ARN, 'token').then(() => ended(second));
  const third = phase === 'failing' ? second : host(store);
  await (phase === 'failing' ? redriven : Promise.race([died, redriven]));
  if (phase === 'redriving') await third.recover();
  expect(await ended(third)).toBe('SUCCEEDED');

  expect(problems).toEqual([]);
  for (const { input } of succeeded) expect(calls).not.toContain(JSON.parse(input));
  expect(JSON.parse((await store.summary(ARN))?.output ?? '')).toEqual(ITEMS);
  const { items: runs } = await store.mapRuns({ executionArn: ARN, limit: 10 });
  expect(runs).toMatchObject([
    {
      status: 'SUCCEEDED',
      redriveCount: 1,
      executionCounts: { succeeded: 4, failed: 0, aborted: 0, running: 0, pending: 0, pendingRedrive: 0, total: 4 },
      itemCounts: { succeeded: 4, total: 4 },
    },
  ]);
  const { items: children } = await store.list({ mapRunArn: runs[0]?.arn ?? '', limit: 10 });
  expect(children.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'SUCCEEDED'));
  for (const { redriveCount = 0 } of children) expect(redriveCount).toBeLessThanOrEqual(1);
  const open = await Array.fromAsync(store.outbox());
  expect(open).toEqual([]);
  return commits() >= limit;
}

describe.each(['STANDARD', 'EXPRESS'] as const)('a redrive of a Map Run with %s executions', (executionType) => {
  it.each(['failing', 'redriving'] as const)(
    'comes to the same end when the host dies between any two commits while it is %s',
    async (phase) => {
      let limit = 1;
      for (; await redriveWithCrash(executionType, phase, limit); limit++) expect(limit).toBeLessThan(100);

      expect(limit).toBeGreaterThan(5);
    },
    60_000,
  );
});

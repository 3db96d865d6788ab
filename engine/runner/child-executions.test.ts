import { describe, expect, it } from 'vitest';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import { countingIds } from '../../test/support/counting-ids.ts';
import { mustRead, storedMachine } from '../../test/support/run-machine.ts';
import { testClock } from '../../test/support/test-clock.ts';
import { createRunner } from './create-runner.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';
import type { ExecutionStore } from './ports.ts';

const child = storedMachine('child', { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } });
const parent = storedMachine('parent', {
  StartAt: 'Run',
  States: {
    Run: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: child.arn, Name: 'child' },
      TimeoutSeconds: 60,
      End: true,
    },
  },
});
const stop = { error: undefined, cause: undefined };

async function world(wrap: (store: ExecutionStore) => ExecutionStore = (store) => store) {
  const clock = testClock();
  const store = memoryExecutionStore();
  for (const machine of [child, parent]) await store.putMachine(machine);
  const runnerOver = (over: ExecutionStore) =>
    createRunner({
      store: over,
      dispatcher: memoryTaskDispatcher(clock),
      clock,
      ids: countingIds(),
      machineOf: ({ definition }) => mustRead(definition),
      onProblem: (problem, arn, thrown) => {
        throw new Error(`${arn}: ${problem}`, { cause: thrown });
      },
    });
  const statuses = async () =>
    Object.fromEntries((await store.list({ limit: 10 })).items.map(({ name, status }) => [name, status]));
  const outbox = async () => (await Array.fromAsync(store.outbox())).map(({ effect }) => effect.kind);
  return { clock, store, runner: runnerOver(wrap(store)), again: () => runnerOver(store), statuses, outbox };
}

const settle = async (runner: { settled(): Promise<void> }) => {
  for (let turn = 0; turn < 5; turn++) {
    await runner.settled();
    await new Promise(setImmediate);
  }
};

describe('a child execution that its parent waits for', () => {
  it('is stopped with its parent', async () => {
    const { runner, statuses, outbox } = await world();
    const { execution } = await runner.start({ machine: parent, name: 'parent', input: '{}' });
    await settle(runner);
    await runner.stop(execution.arn, stop);
    await settle(runner);

    expect(await statuses()).toEqual({ parent: 'ABORTED', child: 'ABORTED' });
    expect(await outbox()).toEqual([]);
  });

  it('is stopped when its parent was stopped while it was being started', async () => {
    const gate = Promise.withResolvers<void>();
    const { runner, statuses } = await world((store) => ({
      ...store,
      async create(summary, first) {
        if (summary.name === 'child') await gate.promise;
        return store.create(summary, first);
      },
    }));
    const { execution } = await runner.start({ machine: parent, name: 'parent', input: '{}' });
    await settle(runner);
    await runner.stop(execution.arn, stop);
    gate.resolve();
    await settle(runner);

    expect(await statuses()).toEqual({ parent: 'ABORTED', child: 'ABORTED' });
  });

  it('is stopped when the host died between the stop of its parent and its own', async () => {
    const { runner, again, statuses, outbox } = await world((store) => ({
      ...store,
      async commit(arn, version, change) {
        const answer = await store.commit(arn, version, change);
        if (change.summary?.name === 'parent') void runner.close(); // as dead as can be: nothing is performed any more
        return answer;
      },
    }));
    const { execution } = await runner.start({ machine: parent, name: 'parent', input: '{}' });
    await settle(runner);
    await runner.stop(execution.arn, stop);
    expect(await statuses()).toEqual({ parent: 'ABORTED', child: 'RUNNING' });

    const second = again();
    await second.recover();
    await settle(second);

    expect(await statuses()).toEqual({ parent: 'ABORTED', child: 'ABORTED' });
    expect(await outbox()).toEqual([]);
  });

  it('is stopped when its parent waits no longer', async () => {
    const { runner, clock, statuses } = await world();
    await runner.start({ machine: parent, name: 'parent', input: '{}' });
    await settle(runner);
    clock.advance(60_000);
    await settle(runner);

    expect(await statuses()).toEqual({ parent: 'FAILED', child: 'ABORTED' });
  });

  it('of somebody else’s is left alone', async () => {
    const { runner, statuses } = await world();
    await runner.start({ machine: child, name: 'child', input: '{}' });
    const { execution } = await runner.start({ machine: parent, name: 'parent', input: '{}' });
    await settle(runner);
    await runner.stop(execution.arn, stop);
    await settle(runner);

    expect(await statuses()).toEqual({ parent: 'ABORTED', child: 'RUNNING' });
  });
});

import { describe, expect, it } from 'vitest';
import { memoryLogSink } from '../../adapters/memory/log-sink.ts';
import { apiUnderTest, calling, logGroupArn, machineArn, passing, roleArn } from '../../test/support/api-under-test.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';

const failing = JSON.stringify({
  StartAt: 'No',
  States: { No: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } },
});
const group = logGroupArn('group');

describe('an execution’s log', () => {
  /** An API whose log group takes nothing while `down`. */
  function logging({ store = memoryExecutionStore(), memory = memoryLogSink([group]) } = {}) {
    const sink = { down: false };
    const logs = {
      ...memory,
      async put(arn: string, lines: readonly string[]) {
        if (sink.down) throw new Error('disk full');
        await memory.put(arn, lines);
      },
    };
    const tested = apiUnderTest({ store, logs });
    const api = tested.operations;
    const create = (definition: string, level = 'ALL', more: object = {}) =>
      api.CreateStateMachine({
        name: 'm',
        definition,
        roleArn,
        loggingConfiguration: { level, destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: group } }] },
        ...more,
      });
    const settle = async () => {
      for (let i = 0; i < 3; i++) {
        await new Promise(setImmediate);
        await tested.runner.settled();
      }
    };
    const start = async (input = '{}') => {
      const { executionArn } = await api.StartExecution({ stateMachineArn: machineArn('m'), input });
      await settle();
      return executionArn;
    };
    const finish = async () => {
      tested.dispatcher.succeed(tested.dispatcher.open()[0] ?? '', 'verified');
      await settle();
    };
    const marks = async () => {
      const found: unknown[] = [];
      for await (const { effect } of store.outbox()) if (effect.kind === 'Log') found.push(effect.from);
      return found;
    };
    const logged = () => memory.lines(group).map((line) => JSON.parse(line));
    const types = () => logged().map(({ type }) => type);
    return { ...tested, api, sink, memory, store, create, start, settle, finish, marks, logged, types };
  }

  it('has every event at level ALL, in order, and leaves nothing in the outbox', async () => {
    const { create, start, finish, types, marks } = logging();
    await create(calling);
    await start();
    expect(types()).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
    ]);
    await finish();
    expect(types().slice(4)).toEqual(['LambdaFunctionSucceeded', 'TaskStateExited', 'ExecutionSucceeded']);
    expect(await marks()).toEqual([]);
  });

  it('has only the end at level FATAL, without the data', async () => {
    const { create, start, logged } = logging();
    await create(failing, 'FATAL');
    await start('{"secret":1}');
    expect(logged()).toMatchObject([{ type: 'ExecutionFailed', details: { error: 'Broken', cause: 'on purpose' } }]);
  });

  it('is empty, with nothing more to commit, at level OFF and for a machine without a log group', async () => {
    const { api, create, start, finish, types, store } = logging();
    await create(calling, 'OFF');
    await start();
    const kinds: string[] = [];
    for await (const { effect } of store.outbox()) kinds.push(effect.kind);
    await finish();
    expect(kinds).toEqual(['RunTask']);
    await api.CreateStateMachine({ name: 'silent', definition: passing, roleArn });
    await api.StartExecution({ stateMachineArn: machineArn('silent') });
    expect(types()).toEqual([]);
  });

  it('goes on in a redrive, which its lines count', async () => {
    const { api, create, start, settle, logged } = logging();
    await create(failing, 'ALL');
    const executionArn = await start();
    await api.RedriveExecution({ executionArn });
    await settle();
    const shown = logged().map(({ id, type, redrive_count }) => `${id} ${type} ${redrive_count}`);
    expect(shown).toEqual([
      '1 ExecutionStarted 0',
      '2 FailStateEntered 0',
      '3 ExecutionFailed 0',
      '4 ExecutionRedriven 1',
      '5 FailStateEntered 1',
      '6 ExecutionFailed 1',
    ]);
  });

  it('waits for a sink that rejects, and loses and doubles nothing', async () => {
    const { create, start, finish, settle, sink, types, marks, clock, problems } = logging();
    await create(calling);
    sink.down = true;
    await start();
    await finish();
    expect(types()).toEqual([]);
    expect(await marks()).toEqual([1]);
    expect(problems).toHaveLength(1);

    sink.down = false;
    clock.advance(1000);
    await settle();
    expect(types()).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(await marks()).toEqual([]);
  });

  it('loses nothing when the process dies, and doubles no more than since the last commit', async () => {
    const before = logging();
    await before.create(calling);
    before.sink.down = true;
    await before.start();
    await before.finish(); // and dies here: nothing was taken

    const after = logging({ store: before.store, memory: before.memory });
    await after.runner.recover();
    await after.settle();
    expect(after.logged().map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(await after.marks()).toEqual([]);
  });

  it('says the redrive count of each line that is read again', async () => {
    const before = logging();
    await before.create(failing);
    before.sink.down = true;
    const executionArn = await before.start();
    await before.api.RedriveExecution({ executionArn });
    await before.settle();

    const after = logging({ store: before.store, memory: before.memory });
    await after.runner.recover();
    await after.settle();
    expect(after.logged().map(({ redrive_count }) => redrive_count)).toEqual(['0', '0', '0', '1', '1', '1']);
  });

  it('doubles nothing when the host closes in good order', async () => {
    const before = logging();
    await before.create(calling);
    await before.start();
    expect(await before.marks()).toEqual([1]); // taken, and no commit was due since
    await before.runner.close();
    expect(await before.marks()).toEqual([]);

    const after = logging({ store: before.store, memory: before.memory });
    await after.runner.recover();
    await after.settle();
    expect(after.types()).toHaveLength(4);
  });

  it('is all there is to see of an Express execution', async () => {
    const { api, create, settle, logged } = logging();
    await create(passing, 'ALL', { type: 'EXPRESS' });
    const { executionArn } = await api.StartExecution({ stateMachineArn: machineArn('m') });
    await settle();
    expect(logged().map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(new Set(logged().map(({ execution_arn }) => execution_arn))).toEqual(new Set([executionArn]));
  });
});

import { describe, expect, it } from 'vitest';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import { passing, roleArn } from '../../test/support/api-under-test.ts';
import { countingIds } from '../../test/support/counting-ids.ts';
import { functionArn, mustRead } from '../../test/support/run-machine.ts';
import { testClock } from '../../test/support/test-clock.ts';
import { createRunner } from '../runner/create-runner.ts';
import { createExpress } from '../runner/express.ts';
import { memoryExecutionStore } from '../runner/memory-execution-store.ts';
import { stepFunctionsOperations } from './operations.ts';

const failing = JSON.stringify({
  StartAt: 'No',
  States: { No: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } },
});
const calling = JSON.stringify({
  StartAt: 'Call',
  States: { Call: { Type: 'Task', Resource: functionArn('slow'), End: true } },
});

/** An API with Express machines, in memory. */
function expressApi() {
  const [store, clock, ids] = [memoryExecutionStore(), testClock(), countingIds()];
  const dispatcher = memoryTaskDispatcher(clock, new Set([functionArn('slow')]));
  const shared = {
    dispatcher,
    clock,
    ids,
    machineOf: ({ definition }: { readonly definition: string }) => mustRead(definition),
    onProblem: () => undefined,
  };
  const runner = createRunner({ ...shared, store });
  const express = createExpress({ ...shared, machines: store, standard: runner });
  const api = stepFunctionsOperations({
    runner,
    express,
    store,
    dispatcher,
    clock,
    ids,
    region: 'us-east-1',
    account: '000000000000',
  });
  const create = async (definition: string, type = 'EXPRESS') =>
    (await api.CreateStateMachine({ name: 'quick', roleArn, definition, type })).stateMachineArn;
  return { api, create, clock, dispatcher, store };
}

describe('StartSyncExecution', () => {
  it('answers with the end of the execution', async () => {
    const { api, create } = expressApi();
    const stateMachineArn = await create(passing);

    expect(await api.StartSyncExecution({ stateMachineArn, name: 'one', input: '{"a":1}' })).toEqual({
      executionArn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:express:quick:one:\w+$/),
      stateMachineArn,
      name: 'one',
      startDate: 1767225600,
      stopDate: 1767225600,
      status: 'SUCCEEDED',
      input: '{"a":1}',
      inputDetails: { included: true },
      output: '{"done":true}',
      outputDetails: { included: true },
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
    });
  });

  it('answers with the failure of one that fails', async () => {
    const { api, create } = expressApi();
    const answer = await api.StartSyncExecution({ stateMachineArn: await create(failing) });

    expect(answer).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'on purpose' });
    expect(answer.output).toBeUndefined();
  });

  it('takes a name as often as it is given', async () => {
    const { api, create } = expressApi();
    const asked = { stateMachineArn: await create(passing), name: 'one' };
    const [first, second] = [await api.StartSyncExecution(asked), await api.StartSyncExecution(asked)];

    expect(first.executionArn).not.toBe(second.executionArn);
  });

  it('ends an execution after five minutes, whatever it does', async () => {
    const { api, create, clock, dispatcher } = expressApi();
    const answer = api.StartSyncExecution({ stateMachineArn: await create(calling) });
    await expect.poll(() => dispatcher.open().length).toBe(1);
    clock.advance(300_000);

    expect(await answer).toMatchObject({ status: 'TIMED_OUT', stopDate: 1767225900 });
  });

  it('refuses a Standard machine', async () => {
    const { api, create } = expressApi();
    const stateMachineArn = await create(passing, 'STANDARD');

    await expect(api.StartSyncExecution({ stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineTypeNotSupported',
      message: 'This operation is not supported by this type of state machine',
    });
  });
});

describe('an Express execution', () => {
  it('is started without being waited for, and kept nowhere', async () => {
    const { api, create, store } = expressApi();
    const stateMachineArn = await create(passing);
    const { executionArn } = await api.StartExecution({ stateMachineArn });

    expect(executionArn).toContain(':express:quick:');
    expect((await store.list({ limit: 10 })).items).toEqual([]);
    await expect(api.DescribeExecution({ executionArn })).rejects.toMatchObject({
      message: "Invalid Arn: 'Resource type not valid in this context: express'",
    });
    await expect(api.ListExecutions({ stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineTypeNotSupported',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { apiUnderTest, calling, machineArn, passing, roleArn } from '../../test/support/api-under-test.ts';

const failing = JSON.stringify({
  StartAt: 'No',
  States: { No: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } },
});
/** An API with a machine to create. */
function expressApi() {
  const { operations: api, clock, dispatcher, runner, store } = apiUnderTest();
  const create = async (definition: string, type = 'EXPRESS') =>
    (await api.CreateStateMachine({ name: 'quick', roleArn, definition, type })).stateMachineArn;
  return { api, create, clock, dispatcher, runner, store };
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

  it('runs the version that it is asked for', async () => {
    const { api, create } = expressApi();
    const stateMachineArn = await create(passing);
    await api.PublishStateMachineVersion({ stateMachineArn });
    await api.UpdateStateMachine({ stateMachineArn, definition: failing });

    expect(await api.StartSyncExecution({ stateMachineArn: `${stateMachineArn}:1` })).toMatchObject({
      status: 'SUCCEEDED',
    });
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

  it('is started by a Standard one, which goes on at once', async () => {
    const { api, create, dispatcher, runner } = expressApi();
    await create(calling);
    const Parameters = { StateMachineArn: machineArn('quick'), Input: {} };
    const Start = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution', Parameters, End: true };
    const definition = JSON.stringify({ StartAt: 'Start', States: { Start } });
    await api.CreateStateMachine({ name: 'parent', definition, roleArn });
    const { executionArn } = await api.StartExecution({ stateMachineArn: machineArn('parent') });

    expect((await runner.ended(executionArn)).output).toContain(':express:quick:');
    expect(dispatcher.open()).toHaveLength(1);
  });
});

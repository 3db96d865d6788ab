import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  executionArn,
  machineArn,
  roleArn,
} from '../../test/support/api-under-test.ts';

const activityArn = 'arn:aws:states:us-east-1:000000000000:activity:approve';
const machine = (more: object = {}) =>
  JSON.stringify({
    StartAt: 'Approve',
    States: { Approve: { Type: 'Task', Resource: activityArn, End: true, ...more } },
  });

describe('activity operations', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  beforeEach(() => {
    tested = apiUnderTest();
    api = tested.operations;
  });

  const start = async (name: string, more: object = {}) => {
    await api.CreateStateMachine({ name, definition: machine(more), roleArn });
    await api.StartExecution({ stateMachineArn: machineArn(name), name: '1', input: '{ "n": 1 }' });
    return executionArn(name, '1');
  };
  const take = async (more: object = {}) => {
    const { taskToken = '', input } = await api.GetActivityTask({ activityArn, ...more });
    return { taskToken, input };
  };
  const settle = async () => {
    await new Promise(setImmediate);
    await tested.runner.settled();
  };
  const events = async (arn: string) => {
    const { events: all } = await api.GetExecutionHistory({ executionArn: arn });
    return all.map(({ type, ...more }) => [type, ...Object.values(more).filter((value) => typeof value === 'object')]);
  };

  it('are made once, described, listed by name and deleted', async () => {
    const first = await api.CreateActivity({ name: 'approve' });
    expect(first).toEqual({ activityArn, creationDate: 1767225600 });
    tested.clock.advance(1000);
    expect(await api.CreateActivity({ name: 'approve' })).toEqual(first);
    await api.CreateActivity({ name: 'a.b', tags: [{ key: 'k', value: 'v' }] });

    expect(await api.DescribeActivity({ activityArn })).toEqual({
      activityArn,
      name: 'approve',
      creationDate: 1767225600,
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
    const { activities, nextToken } = await api.ListActivities({ maxResults: 1 });
    expect(activities).toMatchObject([{ name: 'a.b' }]);
    expect(await api.ListActivities({ nextToken })).toEqual({ activities: [{ ...first, name: 'approve' }] });
    const resourceArn = activityArn.replace('approve', 'a.b');
    expect(await api.ListTagsForResource({ resourceArn })).toEqual({ tags: [{ key: 'k', value: 'v' }] });

    expect(await api.DeleteActivity({ activityArn })).toEqual({});
    expect(await api.DeleteActivity({ activityArn })).toEqual({});
    await expect(api.DescribeActivity({ activityArn })).rejects.toMatchObject({
      code: 'ActivityDoesNotExist',
      message: `Activity Does Not Exist: '${activityArn}'`,
    });
    await expect(take()).rejects.toMatchObject({ code: 'ActivityDoesNotExist' });
  });

  it.each(['activity name', 'a#b', 'a/b', 'a\u0000'])('refuses the name %j', async (name) => {
    await expect(api.CreateActivity({ name })).rejects.toMatchObject({
      code: 'InvalidName',
      message: `Invalid Name: '${name}'`,
    });
  });

  it('refuses an ARN that is none', async () => {
    await expect(api.GetActivityTask({ activityArn: 'no_arn' })).rejects.toMatchObject({
      code: 'InvalidArn',
      message: "Invalid Arn: 'Invalid ARN prefix: no_arn'",
    });
  });

  it('gives a waiting task to a worker, whose outcome is the state’s', async () => {
    await api.CreateActivity({ name: 'approve' });
    const arn = await start('deploy');
    const { taskToken, input } = await take({ workerName: 'anna' });
    expect(input).toBe('{"n":1}');
    await api.SendTaskSuccess({ taskToken, output: '{"ok":true}' });

    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ output: '{"ok":true}' });
    expect(await events(arn)).toEqual([
      ['ExecutionStarted', expect.anything()],
      ['TaskStateEntered', expect.anything()],
      ['ActivityScheduled', { resource: activityArn, input: '{"n":1}', inputDetails: { truncated: false } }],
      ['ActivityStarted', { workerName: 'anna' }],
      ['ActivitySucceeded', { output: '{"ok":true}', outputDetails: { truncated: false } }],
      ['TaskStateExited', expect.anything()],
      ['ExecutionSucceeded', expect.anything()],
    ]);
    await expect(api.SendTaskHeartbeat({ taskToken })).rejects.toMatchObject({ code: 'TaskTimedOut' });
  });

  it('gives a worker that waits the next task, and each task to one worker', async () => {
    await api.CreateActivity({ name: 'approve' });
    const workers = [take(), take()];
    await start('deploy');
    expect(await workers[0]).toMatchObject({ input: '{"n":1}' });
    await start('other');
    expect(await workers[1]).toMatchObject({ input: '{"n":1}' });
  });

  it('sends a worker away after a minute without a task', async () => {
    await api.CreateActivity({ name: 'approve' });
    const polled = api.GetActivityTask({ activityArn });
    await settle();
    tested.clock.advance(59_999);
    expect(tested.clock.armed()).toBe(1);
    tested.clock.advance(1);
    expect(await polled).toEqual({});
    expect(tested.clock.armed()).toBe(0);
  });

  it('lets a thousand workers wait, and takes another one when one has left', async () => {
    await api.CreateActivity({ name: 'approve' });
    const worker = new AbortController();
    const leaving = api.GetActivityTask({ activityArn }, worker.signal);
    const workers = Array.from({ length: 999 }, () => api.GetActivityTask({ activityArn }));
    await settle();
    await expect(api.GetActivityTask({ activityArn })).rejects.toMatchObject({ code: 'ActivityWorkerLimitExceeded' });
    worker.abort();
    await leaving;
    workers.push(api.GetActivityTask({ activityArn }));
    await settle();
    tested.clock.advance(60_000);
    expect(await Promise.all(workers)).toHaveLength(1000);
  });

  it('gives no task to a worker that left', async () => {
    await api.CreateActivity({ name: 'approve' });
    const worker = new AbortController();
    const polled = api.GetActivityTask({ activityArn }, worker.signal);
    await settle();
    worker.abort();
    expect(await polled).toEqual({});
    await start('deploy');
    expect(await take()).toMatchObject({ input: '{"n":1}' });
  });

  it('passes by a task whose execution is over', async () => {
    await api.CreateActivity({ name: 'approve' });
    await api.StopExecution({ executionArn: await start('deploy') });
    await start('other');
    const { taskToken } = await take();
    await api.SendTaskSuccess({ taskToken, output: '1' });
    const other = await api.DescribeExecution({ executionArn: executionArn('other', '1') });
    expect(other).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('counts the time of a task from when a worker takes it', async () => {
    await api.CreateActivity({ name: 'approve' });
    const arn = await start('deploy', { TimeoutSeconds: 10 });
    tested.clock.advance(3_600_000);
    await take();
    tested.clock.advance(9_999);
    await settle();
    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ status: 'RUNNING' });
    tested.clock.advance(1);
    await settle();
    expect((await events(arn)).slice(2, 5)).toEqual([
      ['ActivityScheduled', expect.objectContaining({ timeoutInSeconds: 10 })],
      ['ActivityStarted', {}],
      ['ActivityTimedOut', { error: 'States.Timeout' }],
    ]);
  });

  it('times out a worker whose heartbeat does not come', async () => {
    await api.CreateActivity({ name: 'approve' });
    const arn = await start('deploy', { HeartbeatSeconds: 5, TimeoutSeconds: 60 });
    const { taskToken } = await take();
    tested.clock.advance(4_000);
    await api.SendTaskHeartbeat({ taskToken });
    tested.clock.advance(4_999);
    await settle();
    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ status: 'RUNNING' });
    tested.clock.advance(1);
    await settle();
    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
    });
  });

  it('fails with the worker’s own error', async () => {
    await api.CreateActivity({ name: 'approve' });
    const arn = await start('deploy');
    const { taskToken } = await take();
    await api.SendTaskFailure({ taskToken, error: 'Refused', cause: 'no' });
    expect((await events(arn)).slice(4)).toEqual([
      ['ActivityFailed', { error: 'Refused', cause: 'no' }],
      ['ExecutionFailed', { error: 'Refused', cause: 'no' }],
    ]);
  });

  it('fails an execution that comes to an activity that is not there', async () => {
    await api.CreateActivity({ name: 'approve' });
    await api.DeleteActivity({ activityArn });
    const arn = await start('deploy');
    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `An error occurred while executing the state 'Approve' (entered at the event id #2). The activity ${activityArn} does not exist.`,
    });
    expect((await events(arn)).map(([type]) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'ExecutionFailed',
    ]);
  });

  it('keeps a waiting task over a restart, and a taken one with its worker', async () => {
    await api.CreateActivity({ name: 'approve' });
    await start('taken');
    const { taskToken } = await take();
    await start('waiting');
    await tested.runner.close();

    const again = apiUnderTest({ store: tested.store });
    await again.runner.recover();
    expect(await again.operations.GetActivityTask({ activityArn })).toMatchObject({ input: '{"n":1}' });
    await again.operations.SendTaskSuccess({ taskToken, output: '1' });
    const taken = await again.operations.DescribeExecution({ executionArn: executionArn('taken', '1') });
    expect(taken).toMatchObject({ status: 'SUCCEEDED' });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  executionArn,
  machineArn,
  roleArn,
} from '../../test/support/api-under-test.ts';
import { functionArn } from '../../test/support/run-machine.ts';

const call = (more: object = {}) => ({ Type: 'Task', Resource: functionArn('verify-release'), End: true, ...more });
const DAY_MS = 86_400_000;

describe('RedriveExecution', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  const arn = executionArn('deploy', '1');
  beforeEach(() => {
    tested = apiUnderTest();
    api = tested.operations;
  });

  const settle = async () => {
    await new Promise(setImmediate);
    await tested.runner.settled();
  };
  const start = async (states: object, more: object = {}, input = '{"n":1}') => {
    const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
    await api.CreateStateMachine({ name: 'deploy', definition, roleArn });
    await api.StartExecution({ stateMachineArn: machineArn('deploy'), name: '1', input });
    await settle();
  };
  /** Inputs of the tasks that are open now. */
  const open = () =>
    tested.dispatcher.accepted.filter(({ key }) => tested.dispatcher.open().includes(key)).map(({ input }) => input);
  const answer = async (how: 'succeed' | 'fail', at = 0) => {
    const key = tested.dispatcher.open()[at] ?? '';
    if (how === 'fail') tested.dispatcher.fail(key, 'No', 'not today');
    else tested.dispatcher.succeed(key, 'done');
    await settle();
  };
  const redrive = async (more: object = {}) => {
    const redriven = await api.RedriveExecution({ executionArn: arn, ...more });
    await settle();
    return redriven;
  };
  const described = () => api.DescribeExecution({ executionArn: arn });
  const types = async (from: number) =>
    (await api.GetExecutionHistory({ executionArn: arn })).events.slice(from).map(({ type }) => type);

  it('runs the failed state again, and none before it', async () => {
    await start({ Make: { Type: 'Pass', Result: 'made', Next: 'Call' }, Call: call() });
    await answer('fail');
    expect(await described()).toMatchObject({ status: 'FAILED', redriveCount: 0, redriveStatus: 'REDRIVABLE' });

    tested.clock.advance(60_000);
    expect(await redrive()).toEqual({ redriveDate: 1767225660 });
    const running = await described();
    expect(running).toMatchObject({ status: 'RUNNING', redriveCount: 1, redriveDate: 1767225660 });
    expect(Object.keys(JSON.parse(JSON.stringify(running)))).not.toContain('error');
    expect(open()).toEqual(['made']);
    await answer('succeed');
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '"done"', redriveCount: 1 });
    const { events } = await api.GetExecutionHistory({ executionArn: arn });
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
    expect(events[8]).toMatchObject({ type: 'ExecutionRedriven', executionRedrivenEventDetails: { redriveCount: 1 } });
    expect(await types(7)).toEqual([
      'ExecutionFailed',
      'ExecutionRedriven',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('can be done again and again, and starts retries and timeouts anew each time', async () => {
    const Retry = [{ ErrorEquals: ['No'], MaxAttempts: 1, IntervalSeconds: 1 }];
    await start({ Call: call({ Retry, TimeoutSeconds: 100 }) }, { TimeoutSeconds: 200 });
    for (let count = 1; count < 4; count++) {
      tested.clock.advance(90_000);
      await answer('fail');
      tested.clock.advance(1_000);
      await settle();
      await answer('fail');
      expect(await described()).toMatchObject({ status: 'FAILED', redriveCount: count - 1 });
      await redrive();
    }
    tested.clock.advance(99_999);
    await settle();
    expect(await described()).toMatchObject({ status: 'RUNNING', redriveCount: 3 });
    tested.clock.advance(1);
    await settle();
    expect((await types(0)).slice(-2)).toEqual(['LambdaFunctionTimedOut', 'ExecutionFailed']);
  });

  it('runs branches that failed or were aborted, and keeps the output of one that succeeded', async () => {
    const branch = (name: string, next?: object) => ({
      StartAt: name,
      States: {
        [name]: call({ Parameters: { name }, ...(next ? { End: undefined, Next: `${name}2` } : {}) }),
        ...next,
      },
    });
    const Branches = [
      branch('A'),
      branch('B', { B2: call({ Parameters: { name: 'B2' } }) }),
      branch('C', { C2: { Type: 'Wait', Seconds: 100, End: true } }),
    ];
    await start({ All: { Type: 'Parallel', Branches, End: true } });
    await answer('succeed'); // A
    await answer('succeed'); // B
    await answer('succeed'); // C, which waits now
    await answer('fail'); // B2
    expect(await described()).toMatchObject({ status: 'FAILED' });

    await redrive();
    expect(open()).toEqual([{ name: 'B2' }]);
    await answer('succeed');
    tested.clock.advance(100_000);
    await settle();
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '["done","done","done"]' });
    const history = await types(0);
    expect(history.filter((type) => type === 'ParallelStateStarted')).toHaveLength(1);
  });

  it('runs iterations that failed, inside of branches too, and goes on with those that never began', async () => {
    const ItemProcessor = { StartAt: 'Each', States: { Each: call() } };
    const Map = { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 1, ItemProcessor, End: true };
    const Branches = [{ StartAt: 'Map', States: { Map } }];
    const items = { Type: 'Pass', Result: { items: ['a', 'b', 'c'] }, Next: 'Both' };
    await start({ Items: items, Both: { Type: 'Parallel', Branches, End: true } });
    await answer('succeed');
    await answer('fail');
    await redrive();
    expect(open()).toEqual(['b']);
    await answer('succeed');
    expect(open()).toEqual(['c']);
    await answer('succeed');
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '[["done","done","done"]]' });
  });

  it('enters a Fail state again, and fails again', async () => {
    await start({ Call: call({ End: undefined, Next: 'Fail' }), Fail: { Type: 'Fail', Error: 'No' } });
    await answer('succeed');
    const before = (await types(0)).length;
    await redrive();
    expect(await types(before)).toEqual(['ExecutionRedriven', 'FailStateEntered', 'ExecutionFailed']);
    expect(await described()).toMatchObject({ status: 'FAILED', redriveCount: 1, redriveStatus: 'REDRIVABLE' });
  });

  it('runs the Catch of a failed Parallel no second time', async () => {
    const Branches = [{ StartAt: 'Call', States: { Call: call() } }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Repair' }];
    await start({ All: { Type: 'Parallel', Branches, Catch, End: true }, Repair: call() });
    await answer('fail');
    await answer('fail');
    await redrive();
    expect(open()).toEqual([{ Error: 'No', Cause: 'not today' }]);
  });

  it('takes up an execution that was stopped or timed out, and a wait from its start', async () => {
    const Both = {
      Type: 'Parallel',
      End: true,
      Branches: [
        { StartAt: 'Call', States: { Call: call() } },
        { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 60, End: true } } },
      ],
    };
    await start({ Both }, { TimeoutSeconds: 40 });
    tested.clock.advance(30_000);
    await api.StopExecution({ executionArn: arn });
    await redrive();
    tested.clock.advance(40_000);
    await settle();
    expect(await described()).toMatchObject({ status: 'TIMED_OUT' });
    await redrive();
    expect(open()).toEqual([{ n: 1 }]);
    expect(await described()).toMatchObject({ status: 'RUNNING', redriveCount: 2 });
  });

  it('shows the context how often and when', async () => {
    const Parameters = { 'count.$': '$$.Execution.RedriveCount', 'context.$': '$$.Execution' };
    await start({ Call: call({ Parameters }) });
    expect(open()).toMatchObject([{ count: 0 }]);
    await answer('fail');
    await redrive();
    expect(open()).toMatchObject([{ count: 1, context: { RedriveTime: '2026-01-01T00:00:00.000Z' } }]);
  });

  it('keeps the definition it was started with, also when the machine is gone', async () => {
    await start({ Call: call() });
    await answer('fail');
    await api.UpdateStateMachine({
      stateMachineArn: machineArn('deploy'),
      definition: JSON.stringify({ StartAt: 'Other', States: { Other: { Type: 'Succeed' } } }),
    });
    await api.DeleteStateMachine({ stateMachineArn: machineArn('deploy') });
    await redrive();
    expect(open()).toEqual([{ n: 1 }]);
  });

  it('survives a restart', async () => {
    await start({ Call: call() });
    await answer('fail');
    await redrive();
    await tested.runner.close();
    const again = apiUnderTest({ store: tested.store });
    await again.runner.recover();
    again.dispatcher.succeed(again.dispatcher.open()[0] ?? '', 'later');
    await new Promise(setImmediate);
    await again.runner.settled();
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '"later"' });
  });

  it('happens once for a client token that is sent again', async () => {
    await start({ Call: call() });
    await answer('fail');
    const first = await redrive({ clientToken: 'a' });
    tested.clock.advance(1000);
    expect(await redrive({ clientToken: 'a' })).toEqual(first);
    await answer('fail');
    expect(await redrive({ clientToken: 'a' })).toEqual(first);
    expect(await redrive({ clientToken: 'b' })).toEqual({ redriveDate: 1767225601 });
  });

  it.each([
    ['RUNNING', async () => {}, 'Execution is RUNNING and cannot be redriven'],
    ['SUCCEEDED', () => answer('succeed'), 'Execution is SUCCEEDED and cannot be redriven'],
    [
      'past its 14 days',
      async () => {
        await answer('fail');
        tested.clock.advance(14 * DAY_MS);
      },
      'Execution redrivable period exceeded',
    ],
    [
      'older than a year',
      async () => {
        tested.clock.advance(365 * DAY_MS);
        await answer('fail');
      },
      'Execution has exceeded the max execution time',
    ],
  ])('is refused for an execution that is %s', async (_, arrange, reason) => {
    await start({ Call: call() });
    await arrange();
    await expect(redrive()).rejects.toMatchObject({ code: 'ExecutionNotRedrivable', message: reason });
    expect(await described()).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason });
  });

  it('is refused for what is no Standard execution', async () => {
    await expect(redrive()).rejects.toMatchObject({ code: 'ExecutionDoesNotExist' });
    await expect(redrive({ executionArn: arn.replace(':execution:', ':express:') })).rejects.toMatchObject({
      code: 'InvalidArn',
    });
  });
});

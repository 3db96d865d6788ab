import { describe, expect, it } from 'vitest';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const task = (name: string, more: object = {}) => ({
  StartAt: 'Call',
  States: {
    Call: { Type: 'Task', Resource: functionArn(name), End: true, ...more },
    ...('Catch' in more ? { Caught: { Type: 'Pass', End: true } } : {}),
  },
});
const never = () => new Promise<never>(() => undefined);

describe('an execution', () => {
  it('tells its history with the ids and predecessors that AWS gives', async () => {
    const { history } = await runMachine(task('echo'), { input: { n: 1 }, functions: { echo: (input) => input } });

    expect(history.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'TaskStateEntered'],
      [3, 2, 'LambdaFunctionScheduled'],
      [4, 3, 'LambdaFunctionStarted'],
      [5, 4, 'LambdaFunctionSucceeded'],
      [6, 5, 'TaskStateExited'],
      [7, 6, 'ExecutionSucceeded'],
    ]);
  });

  it('says in details, empty ones, that it failed without an error and a cause', async () => {
    const { history } = await runMachine({ StartAt: 'No', States: { No: { Type: 'Fail' } } });

    expect(history.at(-1)).toMatchObject({ type: 'ExecutionFailed', executionFailedEventDetails: {} });
  });

  it('ends at the 25,000th event, which says so', async () => {
    const { history, summary } = await runMachine({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      },
    });

    expect([summary.error, summary.cause]).toEqual([
      'States.Runtime',
      'The execution reached the maximum number of history events (25000).',
    ]);
    expect([history.length, history.at(-1)?.id, history.at(-1)?.type]).toEqual([25_000, 25_000, 'ExecutionFailed']);
  });

  it('times out with its machine, whatever it waits for', async () => {
    const { summary, history, seconds } = await runMachine(
      { ...task('never'), TimeoutSeconds: 90 },
      { functions: { never } },
    );

    expect([summary.status, summary.error, seconds]).toEqual(['TIMED_OUT', undefined, 90]);
    expect(history.at(-1)).toMatchObject({ type: 'ExecutionTimedOut', previousEventId: 0 });
  });

  it('fails when a state gives more than 262,144 bytes', async () => {
    const { summary } = await runMachine({
      StartAt: 'Big',
      States: { Big: { Type: 'Pass', Result: 'a'.repeat(262_143), End: true } },
    });

    expect([summary.error, summary.cause]).toEqual([
      'States.DataLimitExceeded',
      "The state/task 'Big' returned a result with a size exceeding the maximum number of bytes service limit.",
    ]);
  });
});

describe('a Task', () => {
  it('waits longer before each attempt and gives up with the last error', async () => {
    const at: number[] = [];
    const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 };
    const { summary, seconds } = await runMachine(task('bad', { Retry: [retry] }), {
      functions: {
        bad: () => {
          at.push(at.length);
          throw new RangeError('never');
        },
      },
    });

    expect([summary.error, at.length, seconds]).toEqual(['RangeError', 4, 1 + 2 + 4]);
  });

  it('tries again at once after an interval of 0', async () => {
    const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds: 0, MaxAttempts: 2 };
    let calls = 0;
    const { summary, seconds } = await runMachine(task('bad', { Retry: [retry] }), {
      functions: {
        bad: () => {
          calls += 1;
          throw new RangeError('never');
        },
      },
    });

    expect([summary.error, calls, seconds]).toEqual(['RangeError', 3, 0]);
  });

  it('keeps the key of an attempt and gives the next attempt another', async () => {
    const keys: string[] = [];
    await runMachine(task('bad', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }), {
      functions: {
        bad: (_, { key }) => {
          keys.push(key);
          throw new Error('bad');
        },
      },
    });

    expect(new Set(keys).size).toBe(2);
  });

  it('times out after TimeoutSeconds and can be caught', async () => {
    const { output, seconds, types } = await runMachine(
      task('never', { TimeoutSeconds: 30, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Caught' }] }),
      { functions: { never } },
    );

    expect([output, seconds]).toEqual([{ Error: 'States.Timeout', Cause: '' }, 30]);
    expect(types).toContain('LambdaFunctionTimedOut');
  });

  it('times out when no heartbeat comes', async () => {
    const { seconds, output } = await runMachine(
      task('never', {
        HeartbeatSeconds: 5,
        TimeoutSeconds: 60,
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Caught' }],
      }),
      { functions: { never } },
    );

    expect([seconds, output]).toEqual([5, { Error: 'States.Timeout', Cause: '' }]);
  });

  it('hears from a child execution how it ended', async () => {
    const start = (pattern: string) => ({
      QueryLanguage: 'JSONata',
      StartAt: 'Run',
      States: {
        Run: {
          Type: 'Task',
          Resource: `arn:aws:states:::states:startExecution.${pattern}`,
          Arguments: { StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:child', Input: { n: 1 } },
          Output: '{% $states.result.Output %}',
          End: true,
        },
      },
    });
    const machines = { child: { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 10, End: true } } } };

    expect((await runMachine(start('sync:2'), { machines })).output).toEqual({ n: 1 });
    expect((await runMachine(start('sync'), { machines })).output).toBe('{"n":1}');
  });

  it('fails with its child execution', async () => {
    const machines = {
      child: { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } } },
    };
    const definition = {
      StartAt: 'Run',
      States: {
        Run: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:child' },
          End: true,
        },
      },
    };
    const { summary } = await runMachine(definition, { machines });

    expect(summary.error).toBe('States.TaskFailed');
    expect(JSON.parse(summary.cause ?? '')).toMatchObject({ Status: 'FAILED', Error: 'Broken', Cause: 'on purpose' });
  });
});

describe('variables', () => {
  it('are assigned and read, and Output sees what was there before', async () => {
    const { output } = await runMachine({
      QueryLanguage: 'JSONata',
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { n: 1 }, Next: 'Grow' },
        Grow: { Type: 'Pass', Assign: { n: '{% $n + 1 %}' }, Output: '{% $n %}', Next: 'Show' },
        Show: { Type: 'Pass', Output: { before: '{% $states.input %}', now: '{% $n %}' }, End: true },
      },
    });

    expect(output).toEqual({ before: 1, now: 2 });
  });
});

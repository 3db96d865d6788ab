import { describe, expect, it } from 'vitest';
import { runMachine } from '../../test/support/run-machine.ts';

const child = { StartAt: 'Done', States: { Done: { Type: 'Pass', Result: { done: true }, End: true } } };
const failing = { StartAt: 'No', States: { No: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } } };
const starting = (pattern: string) => ({
  StartAt: 'Start',
  States: {
    Start: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution.${pattern}`,
      Parameters: { StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:child', Name: 'it' },
      End: true,
    },
  },
});

describe('a task that waits for an execution', () => {
  it('is submitted before it succeeds, also when the execution ends at once', async () => {
    const { types } = await runMachine(starting('sync'), { machines: { child } });

    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('is submitted before it fails', async () => {
    const { types } = await runMachine(starting('sync'), { machines: { child: failing } });

    expect(types.slice(4)).toEqual(['TaskSubmitted', 'TaskFailed', 'ExecutionFailed']);
  });

  it.each([
    ['sync', '{}', '{"done":true}'],
    ['sync:2', {}, { done: true }],
  ])('with .%s is given input and output as %j and %j', async (pattern, Input, Output) => {
    const { output } = await runMachine(starting(pattern), { machines: { child } });

    expect(output).toMatchObject({ Input, Output });
  });

  it('is told whether the execution can be redriven', async () => {
    const { output } = await runMachine(starting('sync'), { machines: { child } });
    const { summary } = await runMachine(starting('sync'), { machines: { child: failing } });

    expect(output).toMatchObject({
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    expect(JSON.parse(summary.cause ?? '')).toMatchObject({ RedriveCount: 0, RedriveStatus: 'REDRIVABLE' });
  });
});

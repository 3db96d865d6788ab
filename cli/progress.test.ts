import { describe, expect, it } from 'vitest';
import { readMachine } from '../engine/asl/index.ts';
import { progressOf } from './progress.ts';
import { executionArn, functionArn, history } from './testing/fake-history.ts';
import { noon } from './testing/fake-io.ts';

const started = [0, 'ExecutionStarted', { input: '{}' }] as const;
const at = (seconds: number) => noon + seconds * 1000;
const machineOf = (definition: object) => {
  const reading = readMachine(JSON.stringify(definition), { knows: () => true });
  if (!reading.ok) throw new Error(JSON.stringify(reading.diagnostics));
  return reading.machine;
};

describe('progressOf', () => {
  it('is running in no state after the start alone', () => {
    expect(progressOf(history(started))).toEqual({
      status: 'RUNNING',
      startedAt: noon,
      endedAt: undefined,
      error: undefined,
      cause: undefined,
      open: undefined,
    });
  });

  it('names the function that a task calls, and since when', () => {
    const events = history(
      started,
      [1, 'TaskStateEntered', { name: 'Shift traffic' }, 0],
      [2, 'LambdaFunctionScheduled', { resource: functionArn('shift-traffic') }],
    );

    expect(progressOf(events).open).toEqual({
      name: 'Shift traffic',
      type: 'Task',
      label: undefined,
      enteredAt: at(1),
      attempt: 1,
      why: { kind: 'function', name: 'shift-traffic', since: at(2) },
      inside: [],
    });
  });

  it('tells until when a Wait lasts, from the definition', () => {
    const machine = machineOf({ StartAt: 'Bake', States: { Bake: { Type: 'Wait', Seconds: 90, End: true } } });
    const events = history(started, [1, 'WaitStateEntered', { name: 'Bake', input: '{}' }, 0]);

    expect(progressOf(events, machine).open?.why).toEqual({ kind: 'timer', until: at(91), since: at(1) });
    expect(progressOf(events).open?.why).toEqual({ kind: 'timer', until: undefined, since: at(1) });
  });

  it('computes a Wait from variables that earlier states assigned', () => {
    const machine = machineOf({
      QueryLanguage: 'JSONata',
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { tick: 5 }, Next: 'Tick' },
        Tick: { Type: 'Wait', Seconds: '{% $tick + 1 %}', End: true },
      },
    });
    const events = history(
      started,
      [1, 'PassStateEntered', { name: 'Set', input: '{}' }, 0],
      [1, 'PassStateExited', { name: 'Set', assignedVariables: { tick: '5' } }],
      [1, 'WaitStateEntered', { name: 'Tick', input: '{}' }],
    );

    expect(progressOf(events, machine).open?.why).toEqual({ kind: 'timer', until: at(7), since: at(1) });
  });

  it('tells when a failed task is tried again, growing with the attempts', () => {
    const machine = machineOf({
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: functionArn('ask'),
          Retry: [
            { ErrorEquals: ['Pointsman.BadInput'], MaxAttempts: 0 },
            {
              ErrorEquals: ['States.ALL'],
              IntervalSeconds: 2,
              BackoffRate: 3,
              MaxDelaySeconds: 5,
              JitterStrategy: 'FULL',
            },
          ],
          End: true,
        },
      },
    });
    const failure = { error: 'Pointsman.NotReady', cause: '0 of 2' };
    const events = history(
      started,
      [1, 'TaskStateEntered', { name: 'Ask' }, 0],
      [1, 'LambdaFunctionScheduled', { resource: functionArn('ask') }],
      [2, 'LambdaFunctionFailed', failure],
      [4, 'LambdaFunctionScheduled', { resource: functionArn('ask') }],
      [5, 'LambdaFunctionFailed', failure],
    );

    expect(progressOf(events.slice(0, 4), machine).open?.why).toEqual({
      kind: 'retry',
      ...failure,
      at: at(4),
      atMost: true,
      since: at(2),
    });
    expect(progressOf(events, machine).open).toMatchObject({ attempt: 2, why: { kind: 'retry', at: at(10) } });
  });

  it('names the execution that a startExecution task waits for', () => {
    const child = executionArn('canary', 'c1');
    const events = history(
      started,
      [1, 'TaskStateEntered', { name: 'Canary' }, 0],
      [1, 'TaskScheduled', { resourceType: 'states', resource: 'startExecution.sync:2', parameters: '{}' }],
      [
        1,
        'TaskSubmitted',
        { resourceType: 'states', resource: 'startExecution.sync:2', output: JSON.stringify({ ExecutionArn: child }) },
      ],
    );

    expect(progressOf(events).open?.why).toEqual({ kind: 'child', arn: child, since: at(1) });
  });

  it('says that a task waits for the answer to its token', () => {
    const resource = { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken' };
    const events = history(
      started,
      [1, 'TaskStateEntered', { name: 'Ask a person' }, 0],
      [1, 'TaskScheduled', { ...resource, parameters: '{}' }],
      [3, 'TaskSubmitted', { ...resource, output: '{}' }],
    );

    expect(progressOf(events).open?.why).toEqual({ kind: 'token', name: 'sqs:sendMessage', since: at(1) });
  });

  it('shows the open branches of a Parallel, and counts those that ended', () => {
    const events = history(
      started,
      [1, 'ParallelStateEntered', { name: 'Both' }, 0],
      [1, 'ParallelStateStarted', undefined, 2],
      [1, 'PassStateEntered', { name: 'Left' }, 3],
      [1, 'WaitStateEntered', { name: 'Right' }, 3],
      [1, 'PassStateExited', { name: 'Left' }, 4],
    );

    expect(progressOf(events).open).toMatchObject({
      name: 'Both',
      why: { kind: 'branches', total: 0, done: 1 },
      inside: [{ name: 'Right', label: 'branch 1', type: 'Wait' }],
    });
  });

  it('counts the items of a Map, whatever event each iteration names as its predecessor', () => {
    const item = (index: number) => ({ name: 'Each', index });
    const events = history(
      started,
      [1, 'MapStateEntered', { name: 'Each' }, 0],
      [1, 'MapStateStarted', { length: 3 }],
      [1, 'MapIterationStarted', item(0)],
      [1, 'PassStateEntered', { name: 'Work' }],
      [1, 'PassStateExited', { name: 'Work' }],
      [1, 'MapIterationSucceeded', item(0)],
      [1, 'MapIterationStarted', item(1), 6],
      [2, 'PassStateEntered', { name: 'Work' }],
    );

    expect(progressOf(events).open).toMatchObject({
      name: 'Each',
      why: { kind: 'items', total: 3, done: 1, failed: 0 },
      inside: [{ name: 'Work', label: 'item 1', enteredAt: at(2) }],
    });
  });

  it('leaves a Map by the end of its last iteration', () => {
    const events = history(
      started,
      [1, 'MapStateEntered', { name: 'Each' }, 0],
      [1, 'MapStateStarted', { length: 1 }],
      [1, 'MapIterationStarted', { name: 'Each', index: 0 }],
      [1, 'PassStateEntered', { name: 'Work' }],
      [1, 'PassStateExited', { name: 'Work' }],
      [1, 'MapIterationSucceeded', { name: 'Each', index: 0 }],
      [1, 'MapStateSucceeded'],
      [1, 'MapStateExited', { name: 'Each' }, 7],
      [2, 'WaitStateEntered', { name: 'Rest' }],
    );

    expect(progressOf(events).open).toMatchObject({ name: 'Rest', label: undefined, inside: [] });
  });

  it('tells how the execution ended, and has no open state then', () => {
    const events = history(
      started,
      [1, 'WaitStateEntered', { name: 'Rest' }, 0],
      [9, 'ExecutionFailed', { error: 'Pointsman.TakenBack', cause: 'bad' }],
    );

    expect(progressOf(events)).toEqual({
      status: 'FAILED',
      startedAt: noon,
      endedAt: at(9),
      error: 'Pointsman.TakenBack',
      cause: 'bad',
      open: undefined,
    });
  });
});

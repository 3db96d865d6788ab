import { describe, expect, it } from 'vitest';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const call = (name: string, more: object = {}) => ({ Type: 'Task', Resource: functionArn(name), End: true, ...more });
const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const parallel = (branches: object[], more: object = {}) => ({
  StartAt: 'Both',
  States: {
    Both: { Type: 'Parallel', Branches: branches, End: true, ...more },
    ...('Catch' in more ? { Caught: { Type: 'Pass', End: true } } : {}),
  },
});

describe('a Parallel state', () => {
  it('gives the outputs in the order of the branches, whichever ends first', async () => {
    const slow = branch('Slow', { Type: 'Wait', Seconds: 60, Next: 'Say' });
    const States = { ...slow.States, Say: { Type: 'Pass', Result: 'slow', End: true } };
    const { output, seconds } = await runMachine({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [{ ...slow, States }, branch('Quick', { Type: 'Pass', Result: 'quick', End: true })],
          End: true,
        },
      },
    });

    expect({ output, seconds }).toEqual({ output: ['slow', 'quick'], seconds: 60 });
  });

  it('stops the branches still running when one fails', async () => {
    const { types, summary } = await runMachine(
      parallel([
        branch('Wait', { Type: 'Wait', Seconds: 60, End: true }),
        branch('Fail', { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' }),
      ]),
    );

    expect(types.slice(-3)).toEqual(['WaitStateAborted', 'ParallelStateFailed', 'ExecutionFailed']);
    expect([summary.error, summary.cause]).toEqual(['Broken', 'on purpose']);
  });

  it('goes on at its catcher with the failure of the branch', async () => {
    const { output } = await runMachine(
      parallel([branch('Fail', { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' })], {
        Catch: [{ ErrorEquals: ['Broken'], Next: 'Caught' }],
      }),
    );

    expect(output).toEqual({ Error: 'Broken', Cause: 'on purpose' });
  });

  it('starts every branch anew when it is retried', async () => {
    let calls = 0;
    const { output, types } = await runMachine(
      parallel([branch('Call', call('flaky')), branch('Ok', { Type: 'Pass', Result: 1, End: true })], {
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 1 }],
      }),
      {
        functions: {
          flaky: () => {
            if (calls++ === 0) throw new Error('first time');
            return 'second time';
          },
        },
      },
    );

    expect(output).toEqual(['second time', 1]);
    expect(types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
  });

  it('ignores the late result of a branch that was stopped', async () => {
    const gate = Promise.withResolvers<string>();
    const { summary } = await runMachine(parallel([branch('Slow', call('slow')), branch('Bad', call('bad'))]), {
      functions: {
        slow: () => gate.promise,
        bad: () => {
          queueMicrotask(() => gate.resolve('too late'));
          throw new Error('broken');
        },
      },
    });

    expect([summary.status, summary.error]).toEqual(['FAILED', 'Error']);
  });
});

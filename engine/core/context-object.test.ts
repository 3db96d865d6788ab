import { describe, expect, it } from 'vitest';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const showing = (state: object) => ({ StartAt: 'Show', States: { Show: { End: true, ...state } } });

describe('the context object', () => {
  it('tells a state that cannot be retried nothing of retries', async () => {
    const { output } = await runMachine(showing({ Type: 'Pass', Parameters: { 'state.$': '$$.State' } }));

    expect(output).toEqual({ state: { Name: 'Show', EnteredTime: '2026-01-01T00:00:00.000Z' } });
  });

  it('tells a Task how often it was retried', async () => {
    const seen: unknown[] = [];
    await runMachine(
      showing({
        Type: 'Task',
        Resource: functionArn('note'),
        Parameters: { 'retries.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
      }),
      { functions: { note: (input) => Promise.reject((seen.push(input), new Error('again'))) } },
    );

    expect(seen).toEqual([{ retries: 0 }, { retries: 1 }, { retries: 2 }]);
  });
});

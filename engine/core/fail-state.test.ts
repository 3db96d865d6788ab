import { describe, expect, it } from 'vitest';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const failing = (catchers: readonly object[]) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Do',
  States: {
    Do: { Type: 'Task', Resource: functionArn('fail'), Catch: catchers, End: true },
    Caught: { Type: 'Succeed' },
  },
});
const functions = {
  fail: () => {
    throw Object.assign(new Error('no candidate'), { name: 'Pointsman.NotReady' });
  },
};
const broken = '{% $number("none") %}';

describe('a Catcher whose own Output gives no value', () => {
  it('fails the state, and does not catch that failure again and again', async () => {
    const definition = failing([{ ErrorEquals: ['States.ALL'], Output: broken, Next: 'Caught' }]);
    const { summary, types } = await runMachine(definition, { functions });

    expect(summary).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(types.filter((type) => type === 'EvaluationFailed')).toHaveLength(1);
  });

  it('lets another one catch that failure', async () => {
    const definition = failing([
      { ErrorEquals: ['Pointsman.NotReady'], Output: broken, Next: 'Caught' },
      { ErrorEquals: ['States.ALL'], Output: 'caught', Next: 'Caught' },
    ]);
    const { output } = await runMachine(definition, { functions });

    expect(output).toBe('caught');
  });
});

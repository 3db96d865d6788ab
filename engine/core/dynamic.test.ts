import { describe, expect, it } from 'vitest';
import { runMachine } from '../../test/support/run-machine.ts';

const machine = (field: string) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:000000000000:function:work',
      [field]: '{% $states.input %}',
      End: true,
    },
  },
});

// As recorded on AWS for TimeoutSeconds.
describe('a number of seconds that JSONata computes', () => {
  it.each([
    [
      '3',
      `The JSONata expression '$states.input' specified for the field 'TimeoutSeconds' returned an unexpected result type. Expected 'number', but was 'string' for value: "3"`,
    ],
    [1.6, 'The TimeoutSeconds field cannot be parsed as an integer: 1.6'],
    [-1, 'TimeoutSeconds must be between 0 and 99999999 but was: -1'],
    [100_000_000, 'TimeoutSeconds must be between 0 and 99999999 but was: 100000000'],
  ])('is not %j', async (input, cause) => {
    const { summary } = await runMachine(machine('TimeoutSeconds'), { input });

    expect([summary.error, summary.cause]).toEqual([
      'States.QueryEvaluationError',
      `An error occurred while executing the state 'Work' (entered at the event id #2). ${cause}`,
    ]);
  });

  it('has the same bounds as HeartbeatSeconds', async () => {
    const { summary } = await runMachine(machine('HeartbeatSeconds'), { input: -1 });

    expect(summary.cause).toContain('HeartbeatSeconds must be between 0 and 99999999 but was: -1');
  });
});

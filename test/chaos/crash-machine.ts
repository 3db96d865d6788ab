import { functionArn, storedMachine } from '../support/run-machine.ts';

const call = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: functionArn(name),
  Arguments: { value: '{% $states.input %}', attempt: '{% $states.context.State.RetryCount %}' },
  ...more,
});
const patient = {
  Retry: [
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxDelaySeconds: 1, MaxAttempts: 3, JitterStrategy: 'FULL' },
  ],
};

/** A machine with everything a crash could tear: branches side by side, iterations, retries, waits, a variable. */
export const crashMachine = storedMachine('crash', {
  QueryLanguage: 'JSONata',
  StartAt: 'Remember',
  States: {
    Remember: { Type: 'Pass', Assign: { started: 1 }, Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Next: 'Sum',
      Branches: [
        {
          StartAt: 'Each',
          States: {
            Each: {
              Type: 'Map',
              Items: '{% $states.input.items %}',
              MaxConcurrency: 3,
              End: true,
              ItemProcessor: { StartAt: 'Steady', States: { Steady: call('steady', { End: true }) } },
            },
          },
        },
        {
          StartAt: 'Pause',
          States: {
            Pause: { Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 30) %}', Output: 'paused', Next: 'Flaky' },
            Flaky: call('flaky', { ...patient, End: true }),
          },
        },
      ],
    },
    Sum: {
      Type: 'Pass',
      Output: { sum: '{% $sum($states.input[0]) + $started %}', word: '{% $states.input[1] %}' },
      End: true,
    },
  },
});

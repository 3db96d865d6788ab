import type { StoredMachine } from '../../engine/runner/ports.ts';
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

const distributed = (label: string, processor: object) => ({
  Type: 'Map',
  Label: label,
  ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...processor },
});

/** Distributed Maps: one that bears the failure of an item, and one that fails while an execution of it still waits. */
export const distributedCrashMachine = storedMachine('crash', {
  QueryLanguage: 'JSONata',
  StartAt: 'Each',
  States: {
    Each: {
      ...distributed('each', {
        StartAt: 'Which',
        States: {
          Which: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input = 6 %}', Next: 'Refuse' }],
            Default: 'Steady',
          },
          Refuse: { Type: 'Fail', Error: 'Refused' },
          Steady: call('steady', { End: true }),
        },
      }),
      Items: '{% $states.input.items %}',
      MaxConcurrency: 3,
      ToleratedFailureCount: 1,
      Output: { sum: "{% $sum($states.result[$type($) = 'number']) %}" },
      Next: 'Doomed',
    },
    Doomed: {
      ...distributed('doomed', {
        StartAt: 'Whether',
        States: {
          Whether: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'Linger' }],
            Default: 'Fail',
          },
          Linger: { Type: 'Wait', Seconds: 3600, End: true },
          Fail: { Type: 'Fail', Error: 'Doomed' },
        },
      }),
      Items: [1, 2],
      Catch: [
        {
          ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
          Output: { sum: '{% $states.input.sum %}', word: 'caught' },
          Next: 'Done',
        },
      ],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
});

const child = (seconds: number) => ({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: seconds, End: true } },
});
const startOf = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Arguments: { StateMachineArn: storedMachine(name, {}).arn, Input: {} },
  ...more,
});
/** One child that ends, one that is given up after a minute and has to be stopped. */
export const parentMachine = storedMachine('parent', {
  QueryLanguage: 'JSONata',
  StartAt: 'Short',
  States: {
    Short: startOf('short', { Output: 'short', Next: 'Long' }),
    Long: startOf('long', {
      TimeoutSeconds: 60,
      Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'given up', Next: 'Done' }],
      End: true,
    }),
    Done: { Type: 'Succeed' },
  },
});
/** What `parentMachine` starts, by name. */
export const childMachines = { short: child(5), long: child(86_400) };

/** By the name under which a test asks a host for one. */
export const crashMachines: Readonly<Record<string, StoredMachine>> = {
  inline: crashMachine,
  distributed: distributedCrashMachine,
};

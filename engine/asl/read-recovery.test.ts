import { describe, expect, it } from 'vitest';
import { around, aroundJsonata, functionArn, problemsOf, stateA } from './reading-in-tests.ts';

const task = (fields: object) => around({ Type: 'Task', Resource: functionArn, ...fields });
const all = { ErrorEquals: ['States.ALL'] };
const some = { ErrorEquals: ['Pointsman.NotReady'] };

describe('Retry', () => {
  it('has the defaults of AWS', () => {
    expect(stateA(task({ Retry: [all] }), 'Task').retry).toEqual([
      {
        errorEquals: ['States.ALL'],
        intervalSeconds: 1,
        maxAttempts: 3,
        backoffRate: 2,
        maxDelaySeconds: undefined,
        jitter: 'NONE',
      },
    ]);
  });

  it('may be empty', () => {
    expect(stateA(task({ Retry: [] }), 'Task').retry).toEqual([]);
  });

  it.each([
    [{ IntervalSeconds: -1 }, 'Minimum value is 0 at /States/A/Retry[0]/IntervalSeconds'],
    [{ IntervalSeconds: 1.5 }, 'Expected value of type Integer at /States/A/Retry[0]/IntervalSeconds'],
    [{ MaxAttempts: -1 }, 'Minimum value is 0 at /States/A/Retry[0]/MaxAttempts'],
    [{ MaxAttempts: 100_000_000 }, 'Maximum value is 99999999 at /States/A/Retry[0]/MaxAttempts'],
    [{ BackoffRate: 0.9 }, 'Minimum value is 1.0 at /States/A/Retry[0]/BackoffRate'],
    [{ MaxDelaySeconds: 0 }, 'Minimum value is 1 at /States/A/Retry[0]/MaxDelaySeconds'],
    [{ MaxDelaySeconds: 31_622_401 }, 'Maximum value is 31622400 at /States/A/Retry[0]/MaxDelaySeconds'],
    [
      { JitterStrategy: 'HALF' },
      'Value should be one of the following: [NONE, FULL] at /States/A/Retry[0]/JitterStrategy',
    ],
    [{ Next: 'B' }, "Field 'Next' is not supported at /States/A/Retry[0]"],
    [{ ErrorEquals: [] }, 'Value cannot be empty at /States/A/Retry[0]/ErrorEquals'],
    [{ ErrorEquals: [7] }, 'Expected value of type String at /States/A/Retry[0]/ErrorEquals[0]'],
    [{ ErrorEquals: 'States.ALL' }, 'Expected value of type Array at /States/A/Retry[0]/ErrorEquals'],
    [
      { ErrorEquals: ['States.ALL', 'States.Timeout'] },
      'States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals[0]',
    ],
  ])('is refused with %j', (fields, problem) => {
    expect(problemsOf(task({ Retry: [{ ...some, ...fields }] }))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });

  it('has States.ALL last', () => {
    expect(problemsOf(task({ Retry: [some, all] }))).toEqual([]);
    expect(problemsOf(task({ Retry: [all, some] }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals[0]',
    ]);
  });
});

describe('Catch', () => {
  it('puts the error output in place of the input where it says nothing', () => {
    expect(stateA(task({ Catch: [{ ...all, Next: 'B' }] }), 'Task').catch).toMatchObject([
      { errorEquals: ['States.ALL'], next: 'B', resultPath: { text: '$' }, output: undefined, assign: undefined },
    ]);
  });

  it('drops the error output where ResultPath is null', () => {
    expect(stateA(task({ Catch: [{ ...all, Next: 'B', ResultPath: null }] }), 'Task').catch[0]?.resultPath).toBe(null);
  });

  it('reads the error output in JSONata', () => {
    const catcher = { ...all, Next: 'B', Output: '{% $states.errorOutput.Error %}', Assign: { failed: true } };
    const definition = aroundJsonata({ Type: 'Task', Resource: functionArn, Catch: [catcher] });

    expect(problemsOf(definition)).toEqual([]);
    expect(Object.keys(stateA(definition, 'Task').catch[0]?.output ?? {})).toContain('evaluate');
  });

  it('alone can read the error output', () => {
    expect(problemsOf(aroundJsonata({ Type: 'Pass', Output: { a: '{% $states.errorOutput %}' } }))).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output/a",
    ]);
    expect(problemsOf(aroundJsonata({ Type: 'Pass', Output: '{% "$states.errorOutput" %}' }))).toEqual([]);
  });

  it('names where it leads', () => {
    expect(problemsOf(task({ Catch: [all] }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Catch[0]',
    ]);
  });
});

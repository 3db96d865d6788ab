import { describe, expect, it } from 'vitest';
import { choiceOperators } from './choice-operators.ts';
import { problemsOf, stateA } from './reading-in-tests.ts';

const choice = (rule: object, language = 'JSONPath') => ({
  QueryLanguage: language,
  StartAt: 'A',
  States: { A: { Type: 'Choice', Choices: [rule], Default: 'B' }, B: { Type: 'Succeed' } },
});
const rule = (condition: object) => choice({ Variable: '$.x', Next: 'B', ...condition });
const at = '/States/A/Choices[0]';

const sample = { text: 'a', number: 1.5, timestamp: '2026-11-23T05:00:00Z', boolean: true, path: '$.y' };

const oneKind = 'The object must have only one of the following fields, [And, Or, Not, Variable, Condition]';

/** As AWS lists them. */
const operators =
  'StringEquals, IsBoolean, StringLessThan, IsNumeric, BooleanEquals, StringLessThanEqualsPath, NumericLessThan, NumericGreaterThan, NumericLessThanPath, StringMatches, TimestampLessThanEqualsPath, NumericEquals, TimestampGreaterThan, StringGreaterThanEqualsPath, TimestampGreaterThanEqualsPath, TimestampLessThanEquals, NumericLessThanEqualsPath, TimestampEquals, BooleanEqualsPath, IsTimestamp, StringLessThanEquals, NumericLessThanEquals, StringLessThanPath, TimestampGreaterThanPath, StringGreaterThan, StringGreaterThanPath, IsString, StringEqualsPath, TimestampEqualsPath, TimestampLessThan, StringGreaterThanEquals, NumericGreaterThanPath, NumericGreaterThanEquals, NumericEqualsPath, TimestampLessThanPath, IsNull, IsPresent, TimestampGreaterThanEquals, NumericGreaterThanEqualsPath';

describe('a JSONPath choice rule', () => {
  it('knows 39 operators', () => {
    expect(choiceOperators.size).toBe(39);
  });

  it.each([...choiceOperators])('compares with %s', (name, { operator, operand }) => {
    expect(stateA(rule({ [name]: sample[operand] }), 'Choice').choices[0]).toMatchObject({
      next: 'B',
      condition: {
        kind: 'compare',
        variable: { text: '$.x' },
        operator,
        operand:
          operand === 'path' ? { kind: 'path', path: { text: '$.y' } } : { kind: 'constant', value: sample[operand] },
      },
    });
  });

  it('combines conditions', () => {
    const isOn = { Variable: '$.on', BooleanEquals: true };
    const condition = { And: [isOn, { Not: { Or: [isOn] } }], Next: 'B' };

    expect(stateA(choice(condition), 'Choice').choices[0]?.condition).toMatchObject({
      kind: 'and',
      conditions: [{ kind: 'compare' }, { kind: 'not', condition: { kind: 'or', conditions: [{ kind: 'compare' }] } }],
    });
  });

  it.each([
    [{ StringEquals: 1 }, `Expected value of type String at ${at}/StringEquals`],
    [{ NumericEquals: '1' }, `Expected value of type Float at ${at}/NumericEquals`],
    [{ BooleanEquals: 'true' }, `Expected value of type Boolean at ${at}/BooleanEquals`],
    [{ IsPresent: 'yes' }, `Expected value of type Boolean at ${at}/IsPresent`],
    [{ TimestampLessThan: 'noon' }, `String does not match RFC3339 timestamp at ${at}/TimestampLessThan`],
    [{ StringEqualsPath: 1 }, `Expected value of type String at ${at}/StringEqualsPath`],
    [{ IsNull: true, IsString: true }, `There should only be one of the following fields: [${operators}] at ${at}`],
    [{}, `This object should have only one of the following fields: [${operators}] at ${at}`],
    [{ Variable: undefined }, `${oneKind} at ${at}`],
    [{ Variable: undefined, IsNull: true }, `${oneKind} at ${at}`],
    [{ And: [] }, `${oneKind} at ${at}`],
    [{ Variable: undefined, And: [], Or: [] }, `${oneKind} at ${at}`],
    [{ Variable: undefined, And: [], IsNull: true }, `Field 'IsNull' is not supported at ${at}`],
    [{ Variable: undefined, And: [] }, `Value cannot be empty at ${at}/And`],
    [{ Variable: undefined, Not: [] }, `Expected value of type Object at ${at}/Not`],
    [
      { Variable: undefined, Not: { Variable: '$', IsNull: true, Next: 'B' } },
      `Field 'Next' is not supported at ${at}/Not`,
    ],
    [{ NumericIs: 1, IsNull: true }, `Field 'NumericIs' is not supported at ${at}`],
    [{ Next: undefined, IsNull: true }, `These fields are required: [Next] at ${at}`],
  ])('is refused with %j', (condition, problem) => {
    expect(problemsOf(rule(condition))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });

  it('compares one value, of the input, the context object or a variable', () => {
    for (const variable of ['$', '$.a[0].b-c', '$$.Execution.Input.a', '$limit.x'])
      expect(problemsOf(rule({ Variable: variable, IsNull: true }))).toEqual([]);
    expect(problemsOf(rule({ Variable: '$.a[*]', IsNull: true }))).toEqual([
      expect.stringContaining('Value is not a Reference Path'),
    ]);
  });
});

describe('a JSONata choice rule', () => {
  it('has a condition, and an output of its own', () => {
    expect(
      stateA(choice({ Condition: '{% $states.input.x > 1 %}', Output: 1, Next: 'B' }, 'JSONata'), 'Choice').choices[0],
    ).toMatchObject({
      condition: { kind: 'jsonata', field: 'Choices[0]/Condition', text: '$states.input.x > 1' },
      next: 'B',
    });
  });

  it.each([
    [{ Next: 'B' }, `${oneKind} at ${at}`],
    [{ Next: 'B', Condition: 'yes' }, `Expected value of type Boolean or a JSONata expression at ${at}/Condition`],
    [
      { Next: 'B', Condition: true, Variable: '$' },
      `The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage at ${at}`,
    ],
  ])('is refused as %j', (condition, problem) => {
    expect(problemsOf(choice(condition, 'JSONata'))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });
});

describe('a Choice', () => {
  it('has a rule', () => {
    const definition = {
      StartAt: 'A',
      States: { A: { Type: 'Choice', Choices: [], Default: 'B' }, B: { Type: 'Fail' } },
    };

    expect(problemsOf(definition)).toEqual(['SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Choices']);
  });
});

import { describe, expect, it } from 'vitest';
import type { State } from './machine.ts';
import { around, aroundJsonata, functionArn, problemsOf, stateA } from './reading-in-tests.ts';

const inner = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };

/** The least a state of each type needs; those that end a scope are not followed by another. */
const least: Readonly<Record<State['type'], object>> = {
  Task: { Type: 'Task', Resource: functionArn, End: true },
  Wait: { Type: 'Wait', Seconds: 1, End: true },
  Pass: { Type: 'Pass', End: true },
  Succeed: { Type: 'Succeed' },
  Fail: { Type: 'Fail' },
  Choice: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'B' }], Default: 'B' },
  Parallel: { Type: 'Parallel', Branches: [inner], End: true },
  Map: { Type: 'Map', ItemProcessor: inner, End: true },
};

const beforeB = (state: object): object => ({ StartAt: 'A', States: { A: state, B: { Type: 'Succeed' } } });

const alone = (state: object, type: State['type']): object =>
  type === 'Choice' ? beforeB(state) : { StartAt: 'A', States: { A: state } };

const types = Object.keys(least) as State['type'][];
const except = (...some: State['type'][]) => types.filter((type) => !some.includes(type));

/** Where AWS refuses a field, measured there. */
const refused: [string, unknown, State['type'][]][] = [
  ['TimeoutSeconds', 5, except('Task')],
  ['Retry', [], except('Task', 'Parallel', 'Map')],
  ['Catch', [], except('Task', 'Parallel', 'Map')],
  ['ResultPath', '$', ['Wait', 'Succeed', 'Fail', 'Choice']],
  ['InputPath', '$', ['Fail']],
  ['Assign', {}, ['Succeed', 'Fail']],
  ['Parameters', {}, ['Wait', 'Succeed', 'Fail', 'Choice']],
];

describe('the fields of a state', () => {
  it.each(types)('are enough for a %s when they are the least it needs', (type) => {
    expect(problemsOf(alone(least[type], type))).toEqual([]);
  });

  it.each(refused.flatMap(([field, value, on]) => on.map((type) => [field, type, value] as const)))(
    'do not include %s on a %s',
    (field, type, value) => {
      expect(problemsOf(alone({ ...least[type], [field]: value }, type))).toEqual([
        `SCHEMA_VALIDATION_FAILED: Field '${field}' is not supported at /States/A`,
      ]);
    },
  );

  it.each(except('Choice', 'Succeed', 'Fail'))('include exactly one of Next and End on a %s', (type) => {
    const { End: _, ...endless } = { End: true, ...least[type] };

    expect(problemsOf(beforeB({ ...endless, Next: 'B' }))).toEqual([]);
    expect(problemsOf(beforeB({ ...endless, Next: 'B', End: true }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Next, End] at /States/A',
    ]);
    expect(problemsOf(beforeB(endless))[0]).toBe(
      'SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A',
    );
  });
});

describe('the data of a state', () => {
  it('passes whole where the definition says nothing', () => {
    expect(stateA(around({ Type: 'Pass' }), 'Pass').flow).toMatchObject({
      language: 'JSONPath',
      inputPath: { text: '$' },
      resultPath: { text: '$' },
      outputPath: { text: '$' },
      parameters: undefined,
    });
  });

  it('is dropped where a path is null', () => {
    expect(
      stateA(around({ Type: 'Pass', InputPath: null, ResultPath: null, OutputPath: null }), 'Pass').flow,
    ).toMatchObject({
      inputPath: null,
      resultPath: null,
      outputPath: null,
    });
  });

  it.each([
    ['OutputPath', 'Test', 'Value must be a valid JSONPath. at /States/A/OutputPath'],
    ['InputPath', 7, 'Expected value of type String at /States/A/InputPath'],
    ['ResultPath', 'a', 'Value must be a valid JSONPath. at /States/A/ResultPath'],
  ])('refuses %s: %j', (field, value, problem) => {
    expect(problemsOf(around({ Type: 'Pass', [field]: value }))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });

  it.each(['$.a[*]', '$..a', '$$.Execution.Id', '$variable'])('refuses %s for a place to write to', (path) => {
    expect(problemsOf(around({ Type: 'Pass', ResultPath: path }))).toEqual([
      expect.stringMatching(/^SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: .* at \/States\/A\/ResultPath$/),
    ]);
  });

  it('names each wrong field of a payload template', () => {
    const parameters = { 'a.$': 'nothing', b: { 'c.$': 'States.Unknown(1)', 'd.$': '$.fine' } };

    expect(problemsOf(around({ Type: 'Pass', Parameters: parameters }))).toEqual(
      ['a.$', 'c.$'].map(
        (field) =>
          `SCHEMA_VALIDATION_FAILED: The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters`,
      ),
    );
  });

  it('says where each wrong JSONata expression stands', () => {
    const output = { a: '{% 1 + %}', b: [{ c: '{% phone %}' }, '{% 2 %}'] };

    expect(problemsOf(aroundJsonata({ Type: 'Pass', Output: output }))).toEqual([
      'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/a',
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/b[0]/c",
    ]);
  });

  it.each([
    ['states', "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'."],
    ['1st', "INVALID_VARIABLE_NAME: Invalid variable name '1st': the variable name contains invalid characters."],
    ['a-b', "INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid characters."],
    ['x'.repeat(81), `INVALID_VARIABLE_NAME: Invalid variable name '${'x'.repeat(81)}'`],
  ])('refuses %s for the name of a variable', (name, problem) => {
    expect(problemsOf(aroundJsonata({ Type: 'Pass', Assign: { [name]: 1 } }))).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});

describe('a Fail state', () => {
  it('takes its error from a path and its cause from an intrinsic function', () => {
    const state = { Type: 'Fail', ErrorPath: '$.error', CausePath: "States.Format('{}', $.cause)" };

    expect(stateA({ StartAt: 'A', States: { A: state } }, 'Fail')).toMatchObject({
      error: { kind: 'path', field: 'ErrorPath', path: { text: '$.error' } },
      cause: { kind: 'template', field: 'CausePath' },
    });
  });

  it('has one error only', () => {
    expect(problemsOf({ StartAt: 'A', States: { A: { Type: 'Fail', Error: 'E', ErrorPath: '$.e' } } })).toEqual([
      'SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Error, ErrorPath] at /States/A',
    ]);
  });
});

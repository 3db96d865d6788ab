import { describe, expect, it } from 'vitest';
import { own } from '../data/json.ts';
import { longestDefinition, readMachine } from './read-machine.ts';
import { around, aroundJsonata, functionArn, machineOf, problemsOf } from './reading-in-tests.ts';

describe('readMachine', () => {
  it('gives the machine of a definition without a problem', () => {
    expect(machineOf({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } })).toMatchObject({
      startAt: 'Done',
      queryLanguage: 'JSONPath',
      timeoutSeconds: undefined,
      states: { Done: { name: 'Done', type: 'Succeed' } },
    });
  });

  it('freezes the machine throughout', () => {
    const machine = machineOf(around({ Type: 'Pass', Result: { deep: [{ er: 1 }] } }));
    const state = machine.states['A'];

    expect([machine, machine.states, state, state?.flow].every(Object.isFrozen)).toBe(true);
    expect(state?.type === 'Pass' && Object.isFrozen(own({ ...(state.result as object) }, 'deep'))).toBe(true);
  });

  it('reports every problem, not the first', () => {
    const definition = {
      StartAt: 'A',
      States: { A: { Type: 'Wait', Seconds: -1, Retry: [], Next: 'C' }, B: { Type: 'Nap', End: true } },
    };

    expect(problemsOf(definition)).toEqual([
      "SCHEMA_VALIDATION_FAILED: Field 'Retry' is not supported at /States/A",
      'SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Seconds',
      "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/B/Type",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Next",
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ]);
  });

  it('refuses no states, and what follows from it', () => {
    expect(problemsOf('{"StartAt":"A","States":{}}')).toEqual([
      'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States',
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /StartAt",
      'MISSING_END_STATE: Workflow has no terminal state at null',
    ]);
  });

  it('reads on as for JSONata after an unknown query language', () => {
    const state = { Type: 'Pass', Output: 1, InputPath: '$' };
    const problem =
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/A";
    expect(problemsOf(around({ ...state, QueryLanguage: 'jsonpath' }))).toEqual([
      problem,
      'SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage',
    ]);
    expect(problemsOf(around({ ...state, QueryLanguage: 5 }))).toEqual([
      problem,
      'SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/QueryLanguage',
    ]);
  });

  it('asks no more about the language of a state that goes back to JSONPath, but about the rest', () => {
    const processor = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const state = { Type: 'Map', QueryLanguage: 'JSONPath', Output: 1, MaxConcurrency: -1, ItemProcessor: processor };
    expect(problemsOf(aroundJsonata(state))).toEqual([
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
      'SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/MaxConcurrency',
    ]);
  });

  it('takes a time limit of 0 for none', () => {
    expect(machineOf('{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"TimeoutSeconds":0}').timeoutSeconds).toBe(
      undefined,
    );
  });

  it.each([
    ['an empty text', '', 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'],
    ['an array', '[]', 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'],
    ['an empty object', '{}', 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'],
    [
      'an unknown field',
      '{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"Startat":"A"}',
      "SCHEMA_VALIDATION_FAILED: Field 'Startat' is not supported at /",
    ],
    [
      'a time limit below nothing',
      '{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"TimeoutSeconds":-1}',
      'SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /TimeoutSeconds',
    ],
    [
      'another version of the language',
      '{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"Version":"2.0"}',
      'SCHEMA_VALIDATION_FAILED: Value should be one of the following: [1.0] at /Version',
    ],
    [
      'an unknown query language',
      '{"StartAt":"A","States":{"A":{"Type":"Succeed"}},"QueryLanguage":"jq"}',
      'SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage',
    ],
  ])('refuses %s', (_, definition, problem) => {
    expect(problemsOf(definition)).toEqual([problem]);
  });

  it("says where a text stops being JSON, in the words of AWS's parser", () => {
    const reading = readMachine('not a definition');

    expect(reading.ok ? [] : reading.diagnostics).toEqual([
      {
        severity: 'ERROR',
        code: 'INVALID_JSON_DESCRIPTION',
        message:
          "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n" +
          ' at [Source: (String)"not a definition"; line: 1, column: 4]',
        location: '[Source: (String)"not a definition"; line: 1, column: 4]',
      },
    ]);
  });

  it('takes the last of two fields with one name, as AWS does', () => {
    expect(machineOf('{"StartAt":"B","StartAt":"A","States":{"A":{"Type":"Succeed"}}}').startAt).toBe('A');
  });

  it('refuses a definition over one megabyte without reading it', () => {
    expect(problemsOf(' '.repeat(longestDefinition + 1))).toHaveLength(1);
  });

  it('refuses nesting that would exhaust the stack', () => {
    const text = `{"StartAt":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;

    expect(problemsOf(text)).toEqual([
      'TOO_DEEPLY_NESTED: Objects and arrays stand in one another more than 500 deep at null',
    ]);
  });

  it('keeps a state whose name is a property of every object', () => {
    const machine = machineOf('{"StartAt":"__proto__","States":{"__proto__":{"Type":"Succeed"}}}');

    expect(own(machine.states, '__proto__')).toMatchObject({ name: '__proto__', type: 'Succeed' });
  });

  it.each([
    ['none', ''],
    ['one of 81 characters', 'ä'.repeat(81)],
  ])('refuses the name of a state with %s', (_, name) => {
    expect(problemsOf({ StartAt: name, States: { [name]: { Type: 'Succeed' } } })).toEqual([
      expect.stringMatching(
        /^INVALID_STATE_NAME: .*(?:exceeds the 80-character limit allowed by the service|has none) at/,
      ),
    ]);
  });
});

describe('the query language of a state', () => {
  it("is the machine's where the state names none", () => {
    expect(machineOf(aroundJsonata({ Type: 'Pass' })).states['A']?.flow.language).toBe('JSONata');
  });

  it('may be JSONata under a JSONPath machine', () => {
    expect(machineOf(around({ Type: 'Pass', QueryLanguage: 'JSONata' })).states['A']?.flow.language).toBe('JSONata');
  });

  it('may not be JSONPath under a JSONata machine', () => {
    expect(problemsOf(aroundJsonata({ Type: 'Pass', QueryLanguage: 'JSONPath' }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
    ]);
  });

  it('is not passed on by an enclosing Map', () => {
    const inner = { StartAt: 'P', States: { P: { Type: 'Pass', Output: 1, End: true } } };

    expect(problemsOf(around({ Type: 'Map', QueryLanguage: 'JSONata', ItemProcessor: inner }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/P",
    ]);
  });

  it('cannot be set for a processor', () => {
    const inner = { QueryLanguage: 'JSONata', StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };

    expect(problemsOf(around({ Type: 'Map', Iterator: inner }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/Iterator",
    ]);
  });

  it.each([
    'InputPath',
    'OutputPath',
    'ResultPath',
    'Parameters',
    'ResultSelector',
    'TimeoutSecondsPath',
    'HeartbeatSecondsPath',
  ])('decides that %s cannot stand in a JSONata Task', (field) => {
    expect(problemsOf(aroundJsonata({ Type: 'Task', Resource: functionArn, [field]: '$' }))).toEqual([
      `SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage at /States/A`,
    ]);
  });

  it.each(['Arguments', 'Output'])('decides that %s cannot stand in a JSONPath Task', (field) => {
    expect(problemsOf(around({ Type: 'Task', Resource: functionArn, [field]: {} }))).toEqual([
      `SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field '${field}' is only supported for the 'JSONata' QueryLanguage at /States/A`,
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { aroundJsonata, functionArn, problemsOf } from './reading-in-tests.ts';

const result = '{% $states.result.a %}';
const scope = { StartAt: 'B1', States: { B1: { Type: 'Pass', End: true } } };

// As recorded on AWS for a Pass's Output and a Task's Arguments.
describe('$states.result', () => {
  it.each([
    ['Output of a Task', { Type: 'Task', Resource: functionArn, Output: result }],
    ['Assign of a Parallel', { Type: 'Parallel', Branches: [scope], Assign: { a: result } }],
    ['Output of a Map', { Type: 'Map', ItemProcessor: scope, Output: result }],
    ['a text', { Type: 'Pass', Output: '{% "$states.result" %}' }],
  ])('may be read in the %s', (_, state) => {
    expect(problemsOf(aroundJsonata(state))).toEqual([]);
  });

  it.each([
    ['Output', { Type: 'Pass', Output: result }],
    ['Arguments/a', { Type: 'Task', Resource: functionArn, Arguments: { a: result } }],
    ['Items', { Type: 'Map', Items: '{% $states . result %}', ItemProcessor: scope }],
    [
      'Catch[0]/Output',
      { Type: 'Task', Resource: functionArn, Catch: [{ ErrorEquals: ['E'], Output: result, Next: 'B' }] },
    ],
  ])('does not exist in %s', (location, state) => {
    expect(problemsOf(aroundJsonata(state))).toEqual([
      `UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/${location}`,
    ]);
  });
});

describe('a text that opens an expression', () => {
  it('closes it at its end', () => {
    for (const text of ['{% 1', '{% 1 %} and more', '{%}'])
      expect(problemsOf(aroundJsonata({ Type: 'Pass', Output: { a: text } }))).toEqual([
        'SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output/a',
      ]);
    expect(problemsOf(aroundJsonata({ Type: 'Pass', Output: 'a {% 1 %}' }))).toEqual([]);
  });
});

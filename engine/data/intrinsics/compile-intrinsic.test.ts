import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { compileIntrinsic } from './compile-intrinsic.ts';

const evaluate = (text: string, input: Json = {}) =>
  compileIntrinsic(text).evaluate(
    scopeOf({ input, context: { StateMachine: { Name: 'my-machine' } }, variables: { x: 3 } }),
  );

describe('compileIntrinsic', () => {
  it.each<[string, Json]>([
    ["States.Array('a', -1.5e2, true, null, $.a, $x)", ['a', -150, true, null, [1, 2], 3]],
    ["States.ArrayGetItem(States.StringSplit($$.StateMachine.Name, '-'), States.MathAdd(1, 0))", 'machine'],
    ["States.Array($.a[?(@ > 1)], $['a'][0])", [[2], 1]],
    ["States.Array('it\\'s', 'a\\\\b', '\\{\\}')", ["it's", 'a\\b', '{}']],
  ])('evaluates %s', (text, value) => {
    expect(evaluate(text, { a: [1, 2] })).toEqual(value);
  });

  it('takes ten calls within each other', () => {
    expect(JSON.stringify(evaluate('States.Array('.repeat(10) + ')'.repeat(10)))).toBe('[[[[[[[[[[]]]]]]]]]]');
  });

  it.each([
    'States.Array('.repeat(11) + ')'.repeat(11),
    'States.Nothing()',
    'States.UUID(',
    'States.Hash($.a, )',
    'States.UUID() and more',
    "States.Array('a)",
    "States.Array('a\\n')",
    'States.Array(,)',
    'States.Array(007)',
    'States.Array($.)',
    'Array()',
  ])('refuses %s', (text) => {
    expect(() => compileIntrinsic(text)).toThrow(expect.objectContaining({ code: 'SCHEMA_VALIDATION_FAILED' }));
  });

  it('fails with States.Runtime when a path among the arguments finds nothing', () => {
    expect(() => evaluate('States.Array(1, States.ArrayLength($.missing))', { other: 1 })).toThrow(
      expect.objectContaining({
        error: 'States.Runtime',
        message: `The function 'States.ArrayLength($.missing)' had the following error: The JsonPath argument for the field '$.missing' could not be found in the input '{"other":1}'`,
      }),
    );
  });

  it.each([
    ['States.ArrayLength(1)', 'Invalid arguments in States.ArrayLength'],
    ['States.ArrayLength(States.JsonToString($.a))', 'Invalid arguments in States.ArrayLength'],
    ['States.Hash($.a)', 'Invalid arguments in States.Hash'],
    ['States.JsonToString()', 'Invalid arguments in States.JsonToString: only a single argument is allowed.'],
    ["States.Format('{')", "Invalid template in States.Format: matching '}' not found for '{'."],
  ])('%s fails with States.Runtime and %j, as recorded on AWS', (text, reason) => {
    expect(() => evaluate(text, { a: [1] })).toThrow(
      expect.objectContaining({
        error: 'States.Runtime',
        message: `There was an error while evaluating the intrinsic function: ${text}. ${reason}`,
      }),
    );
  });

  it('takes any arguments for States.UUID', () => {
    expect(evaluate("States.UUID(1, 'x')")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

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

  const missing = (path: string) =>
    `The JsonPath argument for the field '${path}' could not be found in the input '{"items":[1,null]}'`;

  it.each([
    ['States.ArrayLength($.missing)', missing('$.missing')],
    ["States.Format('{}',States.ArrayLength($.missing))", missing('$.missing')],
    ['States.Array($.items[5])', missing('$.items[5]')],
    ['States.Array($.items[5].x)', missing('$.items[5].x')],
    ['States.Array($$.Nope.Deep)', missing('$.Nope.Deep')],
    ['States.Array($.items[0][0])', 'Filter: [0] can only be applied to arrays. Current context is: 1'],
  ])('%s fails with States.Runtime at a path that finds nothing, in the words captured from AWS', (text, reason) => {
    expect(() => evaluate(text, { items: [1, null] })).toThrow(
      expect.objectContaining({
        error: 'States.Runtime',
        message: `The function '${text}' had the following error: ${reason}`,
      }),
    );
  });

  it('takes null and an empty selection for values', () => {
    expect(evaluate('States.Array($.items[1], $.items[*].x)', { items: [1, null] })).toEqual([null, []]);
  });

  it.each([
    ['States.ArrayLength(1)', 'Invalid arguments in States.ArrayLength'],
    ['States.ArrayLength(States.JsonToString($.a))', 'Invalid arguments in States.ArrayLength'],
    ['States.Array(States.ArrayLength(1))', 'Invalid arguments in States.ArrayLength'],
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

import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Scope } from '../evaluation.ts';
import type { Json } from '../json.ts';
import { compileJsonata } from './compile-jsonata.ts';

const evaluate = (source: string, parts: Partial<Scope> = {}) =>
  compileJsonata(source, 'Output').evaluate(scopeOf(parts));

const sum = (terms: number) => Array<string>(terms).fill('1').join('+');

describe('compileJsonata', () => {
  it('sees the input, the context and the variables', () => {
    const parts = { input: { a: 1 }, context: { State: { Name: 'S' } }, variables: { x: 2 } };

    expect(evaluate('[$states.input.a, $x, $states.context.State.Name]', parts)).toEqual([1, 2, 'S']);
  });

  it('sees the result and the error output where there are any', () => {
    expect(evaluate('$states', { result: 1, errorOutput: { Error: 'E' } })).toEqual({
      input: {},
      result: 1,
      errorOutput: { Error: 'E' },
      context: {},
    });
  });

  it.each<[string, Json]>([
    ['$now()', '2026-11-23T05:00:00.123Z'],
    ["$now('[Y0001]')", '2026'],
    ['$millis()', 1795410000123],
    ["$fromMillis($toMillis('12:30', '[H01]:[m01]'))", '2026-11-23T12:30:00.000Z'],
    ['$random()', 0.25],
    ['$uuid()', '00000000-0000-4000-8000-000000000000'],
    ['$shuffle([1, 2, 3])', [2, 3, 1]],
  ])('takes the instant and the dice of the step for %s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it.each<[string, Json]>([
    ['1/0', 'Infinity'],
    ['{"a": -1/0}', { a: '-Infinity' }],
    ['{"a": $states.input.none, "b": 1}', { b: 1 }],
    ['[$states.input.none]', []],
    ['null', null],
  ])('gives plain JSON for %s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it.each([
    ['$nothing', 'returned nothing (undefined).'],
    ['$range(1, 2, 0)', 'returned nothing (undefined).'],
    ['$eval("1 + 1")', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
    ['$states.input(1)', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
    ['$error("broken")', 'threw an error during evaluation. D3137: broken'],
    ['function($x){$x}', 'returned an unsupported result type.'],
    [
      '[1..873783]',
      'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
    ],
    [
      '$formatNumber(1/0, "0e0")',
      'threw an error during evaluation: Expression evaluation timeout: Check for infinite loop',
    ],
  ])('fails for %s in the words of AWS', (source, what) => {
    expect(() => evaluate(` ${source} `)).toThrow(
      expect.objectContaining({
        error: 'States.QueryEvaluationError',
        location: 'Output',
        message: `The JSONata expression '${source}' specified for the field 'Output' ${what}`,
      }),
    );
  });

  it('evaluates expressions 100 deep and no deeper', () => {
    expect(evaluate(sum(100))).toBe(100);
    expect(() => evaluate(sum(101))).toThrow(
      'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
    );
  });

  it('leaves data as it was when an expression tries to call it', () => {
    const input = { data: { a: 1 } };
    expect(() => evaluate('$states.input.data()', { input })).toThrow('T1006');

    expect(input).toEqual({ data: { a: 1 } });
  });

  it('finds no members that an object only inherits', () => {
    expect(() => evaluate('$states.input.constructor')).toThrow('returned nothing');
  });

  it.each([
    ['1 +', 'Unexpected end of expression'],
    ['"open', 'String literal must be terminated by a matching quote'],
    ['a[1,2)', 'Expected "]", got ","'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['1 ?: 2', 'The symbol ":" cannot be used as a unary operator'],
  ])('refuses %s, which is no JSONata', (source, message) => {
    expect(() => compileJsonata(source, 'Output')).toThrow(
      expect.objectContaining({ code: 'INVALID_JSONATA_EXPRESSION', message }),
    );
  });

  it('refuses a reference that has no context', () => {
    expect(() => compileJsonata('$uppercase(phone)', 'Output')).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_JSONATA_EXPRESSION',
        message: "Reference to 'phone' at the top level is not supported.",
      }),
    );
  });
});

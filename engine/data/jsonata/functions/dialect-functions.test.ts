import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../../test/support/scope-of.ts';
import type { Json } from '../../json.ts';
import { compileJsonata } from '../compile-jsonata.ts';

const evaluate = (source: string) => compileJsonata(source, 'Output').evaluate(scopeOf());

describe('the functions AWS adds to JSONata', () => {
  it.each<[string, Json]>([
    ['$partition([1, 2, 3, 4], 3)', [[1, 2, 3], [4]]],
    ['$partition([0], 2)', [[0]]],
    ['$partition([1, 2, 3], 2.6)', [[1, 2], [3]]],
    ['$partition([1, 2, 3])', [[1, 2, 3]]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(1, 9, 9)', 1],
    ['$range(-1.7, 2, 1)', [-1, 0, 1, 2]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
    ['$random(42)', 0.7275636800328681],
    ['$parse(\'{"a": [1]}\').a[0]', 1],
    ['$number("0x12")', 18],
  ])('evaluate %s as measured on AWS', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it.each([
    ['$partition([1], -1)', 'threw an error during evaluation. D3137: Second argument must be zero or greater'],
    ['$partition("a", 1)', 'T0412: Argument 1 of function "partition" must be an array of undefined'],
    ['$partition([1], "2")', 'T0410: Argument 2 of function "partition" does not match function signature'],
    ['$partition([1], 2, 9)', 'T0410: Argument 3 of function "partition" does not match function signature'],
    ['$hash("a", "CRC")', "D3137: Hash algorithm 'CRC' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"],
    ['$hash()', 'T0410: Argument 1 of function "hash" does not match function signature'],
    ['$range("a", 5, 1)', 'T0410: Argument 1 of function "range" does not match function signature'],
    ['$range(1, 5, null)', 'T0410: Argument 3 of function "range" does not match function signature'],
    ['$range(1, 1e9, 1)', '1000000000 numbers asked for, 10000000 can be made'],
    ['$parse("[1")', 'threw an error during evaluation. D3137: Invalid JSON'],
    ['$parse("")', 'threw an error during evaluation. D3137: Invalid JSON'],
    ['$parse(123)', 'T0410: Argument 1 of function "parse" does not match function signature'],
    ['$pad("x", 10000000)', 'Expression evaluation memory limit exceeded'],
  ])('fail for %s', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });

  it.each([
    '$partition($none, 1)',
    '$partition([1], 0)',
    '$range(1, $none, 1)',
    '$range(1, 5)',
    '$range(1, 10, 0.49)',
    '$hash($none, "MD5")',
    '$parse($none)',
    '$parse()',
  ])('give nothing for %s', (source) => {
    expect(() => evaluate(source)).toThrow('returned nothing (undefined).');
  });
});

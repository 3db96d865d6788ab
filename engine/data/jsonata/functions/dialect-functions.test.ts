import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../../test/support/scope-of.ts';
import type { Json } from '../../json.ts';
import { compileJsonata } from '../compile-jsonata.ts';

const evaluate = (source: string) => compileJsonata(source, 'Output').evaluate(scopeOf());

describe('the functions AWS adds to JSONata', () => {
  it.each<[string, Json]>([
    ['$partition([1, 2, 3, 4], 3)', [[1, 2, 3], [4]]],
    ['$partition([0], 2)', [[0]]],
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
    ['$partition([1], -1)', '$partition: the size of a chunk must be a positive number, it was -1'],
    ['$hash("a", "CRC")', "$hash: there is no algorithm 'CRC'; there are MD5, SHA-1, SHA-256, SHA-384, SHA-512"],
    ['$range(1, 1e9, 1)', '$range: 1000000000 numbers asked for, 10000000 can be made'],
    ['$parse("[1")', 'threw an error during evaluation: '],
    ['$pad("x", 10000000)', 'Expression evaluation memory limit exceeded'],
  ])('fail for %s', (source, message) => {
    expect(() => evaluate(source)).toThrow(message);
  });

  it.each(['$partition($none, 1)', '$range(1, $none, 1)', '$hash($none, "MD5")', '$parse($none)'])(
    'give nothing for %s',
    (source) => {
      expect(() => evaluate(source)).toThrow('returned nothing (undefined).');
    },
  );
});

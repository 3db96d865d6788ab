import { describe, expect, it } from 'vitest';
import { program } from './engine.ts';
import { topLevelReference } from './top-level-reference.ts';

describe('topLevelReference', () => {
  it.each([
    ['phone', 'phone'],
    ['items[0].id', 'items'],
    ['$sum(prices)', 'prices'],
    ['{"a": phone}', 'phone'],
    ['[1, phone]', 'phone'],
    ['$x = 1 ? phone : 2', 'phone'],
    ['($a := phone; $a)', 'phone'],
    ['-phone', 'phone'],
    ['$map($x, function($v){ name })', 'name'],
    ['$', '$'],
    ['$$', '$$'],
  ])('finds the reference in %s', (source, reference) => {
    expect(topLevelReference(program(source).syntax)).toBe(reference);
  });

  it.each([
    '$states.input.phone',
    '$x[id = 1 and $.a].name',
    '$x.{"id": id, "all": $}',
    '$x{name: price}',
    '$x^(>price)',
    '$x ~> |items|{"sum": price}, ["old"]|',
    '$map($x, function($v){ $v.name })',
    '$x.(name & phone)',
    '"phone"',
  ])('finds none in %s', (source) => {
    expect(topLevelReference(program(source).syntax)).toBe(undefined);
  });
});

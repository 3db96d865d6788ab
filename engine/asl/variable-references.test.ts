import { describe, expect, it } from 'vitest';
import { variableReferences } from './variable-references.ts';

const referencesOf = (state: object, more: object = {}) =>
  variableReferences(JSON.stringify({ StartAt: 'A', States: { A: state }, ...more }));

describe('variableReferences', () => {
  it.each([
    ['{% $a + $b.c[$d] - $a %}', ['a', 'b', 'd']],
    ['{% $states.input.x & $not($flag) & $string(1) %}', ['flag']],
    ['{% \'$a\' & "$b" & `$c` /* $d */ %}', undefined],
    ['{% ($x := $a; $x) %}', ['a']],
    ['{% $map($items, function($v, $i) { $v * $rate }) %}', ['items', 'rate']],
    ['{% $map($items, $uppercase) %}', ['items']],
    ['{% $$ %}', undefined],
    ['$a', undefined],
  ])('finds the variables of the JSONata %s', (Output, variables) => {
    const found = referencesOf({ Type: 'Pass', Output: { deep: [Output] } }, { QueryLanguage: 'JSONata' });
    expect(found).toEqual(variables === undefined ? {} : { A: variables });
  });

  it.each([
    [{ Parameters: { 'x.$': '$a.b', y: '$c', 'z.$': "States.Format('$d {}', $e)" } }, ['a', 'e']],
    [{ InputPath: '$a', OutputPath: '$.b', ItemsPath: '$$.Execution.Input' }, ['a']],
    [{ Choices: [{ Variable: '$a', StringEqualsPath: '$b', Next: 'A' }] }, ['a', 'b']],
    [{ Assign: { a: '$b', 'c.$': '$d' } }, ['d']],
    [{ Result: { 'x.$': '$a' }, Comment: '$b' }, undefined],
  ])('finds the variables of the JSONPath state %j', (state, variables) => {
    expect(referencesOf(state)).toEqual(variables === undefined ? {} : { A: variables });
  });

  it('gives each state its own, also in branches and processors', () => {
    const Branches = [{ StartAt: 'B', States: { B: { Type: 'Pass', InputPath: '$b' } } }];
    const ItemProcessor = { StartAt: 'C', States: { C: { QueryLanguage: 'JSONata', Output: '{% $c %}' } } };
    expect(referencesOf({ Branches, ItemProcessor, InputPath: '$a' })).toEqual({ A: ['a'], B: ['b'], C: ['c'] });
  });
});

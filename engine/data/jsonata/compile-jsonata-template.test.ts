import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { compileJsonataTemplate } from './compile-jsonata-template.ts';

const evaluate = (template: Json, input: Json = {}) =>
  compileJsonataTemplate(template, 'Output').evaluate(scopeOf({ input }));

describe('compileJsonataTemplate', () => {
  it('evaluates the texts that are expressions and keeps the rest', () => {
    expect(evaluate({ a: ['{% $states.input.x + 1 %}', '$states.input'], b: ' {% 1 %} ' }, { x: 1 })).toEqual({
      a: [2, '$states.input'],
      b: ' {% 1 %} ',
    });
  });

  it('takes a text for the whole value', () => {
    expect(evaluate('{% $states.input %}', [1])).toEqual([1]);
  });

  it.each<[Json, string]>([
    ['{% $none %}', 'Output'],
    [{ a: { b: '{% $none %}' } }, 'Output/a/b'],
    [[1, '{% $none %}'], 'Output[1]'],
    [{ a: [{ b: '{% $none %}' }] }, 'Output/a[0]/b'],
  ])('names the field of %j as AWS does', (template, location) => {
    expect(() => evaluate(template)).toThrow(
      expect.objectContaining({
        location,
        message: `The JSONata expression '$none' specified for the field '${location}' returned nothing (undefined).`,
      }),
    );
  });

  it('gives a value without expressions as it is', () => {
    const withoutExpressions = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('{%'));

    fc.assert(fc.property(withoutExpressions, (value) => evaluate(value as Json) === value));
  });

  it('gives a value that an expression reads back from the input', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(evaluate({ a: '{% $states.input.a %}' }, { a: value as Json })).toEqual({ a: value });
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../test/support/scope-of.ts';
import { compilePayloadTemplate } from './compile-payload-template.ts';
import type { Json } from './json.ts';

const evaluate = (template: Json, input: Json = {}) =>
  compilePayloadTemplate(template, 'Parameters').evaluate(scopeOf({ input }));

describe('compilePayloadTemplate', () => {
  it('gives a template without expressions as it is', () => {
    const template = { a: [1, { b: '$.a' }], 'c.$x': null };

    expect(evaluate(template)).toBe(template);
  });

  it('evaluates members whose key ends in .$, on every level and in arrays', () => {
    expect(evaluate({ a: { 'b.$': '$.x' }, list: [{ 'c.$': '$.y[0]' }, 2] }, { x: 1, y: [true] })).toEqual({
      a: { b: 1 },
      list: [{ c: true }, 2],
    });
  });

  it('takes an intrinsic call for a value', () => {
    expect(evaluate({ 'name.$': "States.Format('{}-{}', $.a, 2)" }, { a: 'x' })).toEqual({ name: 'x-2' });
  });

  it('keeps a member that is called __proto__', () => {
    expect(JSON.stringify(evaluate({ '__proto__.$': '$.a' }, { a: 1 }))).toBe('{"__proto__":1}');
  });

  it('names the member and the input when a path finds nothing', () => {
    expect(() => evaluate({ deep: { 'value.$': '$.missing' } }, { other: 1 })).toThrow(
      `The JSONPath '$.missing' specified for the field 'value.$' could not be found in the input '{"other":1}'`,
    );
  });

  it.each([['no expression'], ['$.'], ["States.Format('{}\\n', 1)"], [7], [{}]])(
    'refuses %j as an expression',
    (value) => {
      expect(() => compilePayloadTemplate({ 'parsed.$': value }, 'Parameters')).toThrow(
        expect.objectContaining({
          code: 'SCHEMA_VALIDATION_FAILED',
          message: "The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call",
        }),
      );
    },
  );
});

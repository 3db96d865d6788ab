import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import { jsonEqual } from '../canonical-json.ts';
import type { Json } from '../json.ts';
import { compilePath } from './compile-path.ts';
import { compileReferencePath } from './compile-reference-path.ts';

const write = (path: string, document: Json, value: Json) => compileReferencePath(path).write(document, value);

describe('compileReferencePath', () => {
  it('replaces the whole document at $', () => {
    expect(write('$', { a: 1 }, 7)).toBe(7);
  });

  it('makes the objects on the way and keeps what stands beside them', () => {
    expect(write('$.a.b.c', { a: { x: 1 }, y: 2 }, 7)).toEqual({ a: { x: 1, b: { c: 7 } }, y: 2 });
  });

  it('leaves the document it is given as it was', () => {
    const document = { a: { list: [1, 2] } };
    write('$.a.list[0]', document, 7);

    expect(document).toEqual({ a: { list: [1, 2] } });
  });

  it('replaces an element of an array', () => {
    expect(write('$.list[-1].a', { list: [1, { b: 2 }] }, 7)).toEqual({ list: [1, { b: 2, a: 7 }] });
  });

  it.each<[string, Json]>([
    ['$.a', 'text'],
    ['$.a.b', { a: 1 }],
    ['$.a', [1]],
    ['$.a[1]', { a: [1] }],
    ['$.a[0]', {}],
  ])('cannot write %s into %j', (path, document) => {
    expect(() => write(path, document, 7)).toThrow(
      expect.objectContaining({
        error: 'States.ResultPathMatchFailure',
        message: `Unable to apply ReferencePath ${path} to input ${JSON.stringify(document)}`,
      }),
    );
  });

  it("refuses a path without '$' in the words of AWS", () => {
    expect(() => compileReferencePath('a')).toThrow(
      "Value is not a Reference Path: Reference path didn't start with '$'",
    );
  });

  it.each(['$.a[*]', '$..a', '$.a[?(@.b)]', '$.a[0:1]', '$.a.length()', '$$.a', '$name.a', '$.a['])(
    'refuses %s',
    (path) => {
      expect(() => compileReferencePath(path)).toThrow(/^Value is not a Reference Path: /);
    },
  );

  it('writes what is then read at the same path', () => {
    const names = fc.array(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', "it's")), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(names, fc.jsonValue(), (keys, value) => {
        const path = `$${keys.map((key) => `['${key.replaceAll(/[\\']/g, '\\$&')}']`).join('')}`;
        const written = write(path, {}, value as Json);
        return jsonEqual(compilePath(path).evaluate(scopeOf({ input: written })), value as Json);
      }),
    );
  });
});

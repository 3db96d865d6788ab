import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { jsonIntrinsics } from './json-intrinsics.ts';

const call = (name: string, ...args: Json[]) => jsonIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.StringToJson', () => {
  it('gives what the text spells', () => {
    expect(call('StringToJson', '{"a":[1.1]}')).toEqual({ a: [1.1] });
  });

  it('refuses a text that is no JSON', () => {
    expect(() => call('StringToJson', '[1')).toThrow(/^Invalid JSON: /);
  });
});

describe('States.JsonToString', () => {
  it('writes without spaces', () => {
    expect(call('JsonToString', [1, { a: null }])).toBe('[1,{"a":null}]');
  });
});

describe('States.JsonMerge', () => {
  it('keeps the second of two members, without merging inside', () => {
    expect(call('JsonMerge', { a: { x: 1 }, b: 2 }, { a: { y: 1 } }, false)).toEqual({ a: { y: 1 }, b: 2 });
  });

  it('refuses a deep merge', () => {
    expect(() => call('JsonMerge', {}, {}, true)).toThrow(
      'only a shallow merge is supported, argument 3 must be false, but was true',
    );
  });

  it('keeps a member that is called __proto__', () => {
    expect(JSON.stringify(call('JsonMerge', JSON.parse('{"__proto__":1}'), {}, false))).toBe('{"__proto__":1}');
  });
});

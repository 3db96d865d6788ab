import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { InvalidArguments } from './intrinsic.ts';
import { jsonIntrinsics } from './json-intrinsics.ts';

const call = (name: string, ...args: Json[]) => jsonIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.StringToJson', () => {
  it('gives what the text spells', () => {
    expect(call('StringToJson', '{"a":[1.1]}')).toEqual({ a: [1.1] });
  });

  it.each(['', ' '])('gives null for %j', (text) => {
    expect(call('StringToJson', text)).toBe(null);
  });

  it("refuses a text that is no JSON in the words of AWS's parser", () => {
    expect(() => call('StringToJson', '{bad json}')).toThrow(
      "Cannot convert String to Json in States.StringToJson, caused by: Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]",
    );
  });

  it('refuses what is no text', () => {
    expect(() => call('StringToJson', { a: 1 })).toThrow(InvalidArguments);
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
    expect(() => call('JsonMerge', {}, {}, true)).toThrow(InvalidArguments);
  });

  it('takes what is no boolean for a shallow merge', () => {
    expect(call('JsonMerge', { a: 1 }, { b: 2 }, 'false')).toEqual({ a: 1, b: 2 });
  });

  it('keeps a member that is called __proto__', () => {
    expect(JSON.stringify(call('JsonMerge', JSON.parse('{"__proto__":1}'), {}, false))).toBe('{"__proto__":1}');
  });
});

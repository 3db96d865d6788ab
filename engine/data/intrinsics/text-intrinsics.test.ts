import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { InvalidArguments } from './intrinsic.ts';
import { textIntrinsics } from './text-intrinsics.ts';

const call = (name: string, ...args: Json[]) => textIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.Format', () => {
  it.each<[string, Json, string]>([
    ['a {} b', null, 'a null b'],
    ['{}', { Arg1: 1, Arg2: [] }, '{Arg1=1, Arg2=[]}'],
    ['{}', ['a', true], '[a, true]'],
    ['{}', 12_345_678.5, '1.23456785E7'],
    ['{}', 0.00001, '1.0E-5'],
    ["\\{\\} it\\'s {} \\\\", 1, "{} it's 1 \\"],
    ['{}', '{} stays', '{} stays'],
  ])('writes %j with %j as Java does', (template, value, text) => {
    expect(call('Format', template, value)).toBe(text);
  });

  it('needs as many places as values', () => {
    expect(() => call('Format', '{} {}', 1)).toThrow(InvalidArguments);
  });
});

describe('States.Format with a brace alone', () => {
  it.each([
    ['{', "matching '}' not found for '{'."],
    ['{{}}', "matching '}' not found for '{'."],
    ['a } b', "matching '{' not found for '}'."],
  ])('refuses %j: %s', (template, reason) => {
    expect(() => call('Format', template)).toThrow(`Invalid template in States.Format: ${reason}`);
  });
});

describe('States.StringSplit', () => {
  it.each([
    ['This.is+a,test=string', '.+,=', ['This', 'is', 'a', 'test', 'string']],
    [', , ,', ',', [' ', ' ']],
    ['Hello\nWorld', '\n', ['Hello', 'World']],
    ['a✓b😀c', '✓😀', ['a', 'b', 'c']],
    ['', ',', []],
  ])('splits %j at each of %j', (text, separators, parts) => {
    expect(call('StringSplit', text, separators)).toEqual(parts);
  });
});

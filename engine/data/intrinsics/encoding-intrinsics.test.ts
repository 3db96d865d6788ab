import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import type { Json } from '../json.ts';
import { encodingIntrinsics } from './encoding-intrinsics.ts';
import { InvalidArguments } from './intrinsic.ts';

const call = (name: string, ...args: Json[]) => encodingIntrinsics[`States.${name}`]?.apply(args, scopeOf().random);

describe('States.Base64Encode and States.Base64Decode', () => {
  it('go there and back over UTF-8', () => {
    expect(call('Base64Encode', 'Data to encode')).toBe('RGF0YSB0byBlbmNvZGU=');
    expect(call('Base64Decode', call('Base64Encode', 'größer ✓') ?? null)).toBe('größer ✓');
  });

  it('take at most 10,000 characters', () => {
    expect(() => call('Base64Encode', 'a'.repeat(10_001))).toThrow(InvalidArguments);
  });

  it.each([
    [' YWJj\nZA== ', 'abcd'],
    ['YWJjZA', 'abcd'],
    ['YW*Jj', 'abc'],
    ['YQ==YWJj', 'a'],
    ['', ''],
  ])('decode %j as %j, passing over what is no Base64', (text, decoded) => {
    expect(call('Base64Decode', text)).toBe(decoded);
  });
});

describe('States.Hash', () => {
  it.each([
    ['MD5', '812f45842bc6d66ee14572ce20db8e86'],
    ['SHA-1', 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ['SHA-384', 'd28a7d5cf25a74f11a50a18452b75e04bb3d70c9dd0510d6123aa008c756511b87525bdc835ebb27e1fb9e9374a15562'],
  ])('gives the digits recorded on AWS for %s', (algorithm, digits) => {
    expect(call('Hash', 'input data', algorithm)).toBe(digits);
  });

  it('hashes what is no text as its JSON', () => {
    expect(call('Hash', { a: 1 }, 'MD5')).toBe(call('Hash', '{"a":1}', 'MD5'));
  });

  it.each(['CRC', 'sha-256'])('refuses the algorithm %s', (algorithm) => {
    expect(() => call('Hash', 'a', algorithm)).toThrow(InvalidArguments);
  });
});

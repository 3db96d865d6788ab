import { describe, expect, it } from 'vitest';
import { canonicalJson, jsonEqual } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts the keys of objects on every level', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  });
});

describe('jsonEqual', () => {
  it('takes objects with the same members in another order for equal', () => {
    expect(jsonEqual({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  });

  it('tells a number from the text that spells it', () => {
    expect(jsonEqual(1, '1')).toBe(false);
  });
});

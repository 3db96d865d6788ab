import { describe, expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

describe('parseJson', () => {
  it('keeps __proto__ as an ordinary member', () => {
    const value = parseJson('{"__proto__":{"a":1}}');

    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1}}');
  });

  it('reads 1,000 levels of nesting', () => {
    expect(Array.isArray(parseJson('['.repeat(1000) + ']'.repeat(1000)))).toBe(true);
  });

  it('refuses the level after that', () => {
    const text = '['.repeat(1001) + ']'.repeat(1001);

    expect(() => parseJson(text)).toThrow('The JSON text is nested more than 1000 levels deep');
  });

  it('does not count brackets inside texts', () => {
    const brackets = '['.repeat(2000);

    expect(parseJson(JSON.stringify([brackets]))).toEqual([brackets]);
  });
});

import { describe, expect, it } from 'vitest';
import { awsLimits, startMeter } from './meter.ts';
import { toJson as convert, UnsupportedResult } from './to-json.ts';

const toJson = (value: unknown) => convert(value, startMeter(awsLimits));

describe('toJson', () => {
  it('gives plain values as they are', () => {
    const value = { a: [1, { b: null }] };

    expect(toJson(value)).toBe(value);
  });

  it("takes jsonata's marks off an array", () => {
    const sequence = Object.defineProperty([1], 'sequence', { value: true });

    expect(Object.getOwnPropertyNames(toJson({ a: sequence }))).toEqual(['a']);
    expect(toJson(sequence)).not.toHaveProperty('sequence');
  });

  it('gives objects without a prototype the usual one, and keeps __proto__ a member', () => {
    const bare = Object.assign(Object.create(null), { ['__proto__']: 1 });
    const json = toJson(bare);

    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect(JSON.stringify(json)).toBe('{"__proto__":1}');
  });

  it('leaves out members that are nothing', () => {
    expect(toJson({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])('writes %d as its name', (number) => {
    expect(toJson([number])).toEqual([String(number)]);
  });

  it('refuses functions, wherever they stand', () => {
    expect(() => toJson({ a: [() => 1] })).toThrow(UnsupportedResult);
  });
});

import { describe, expect, it } from 'vitest';
import { parseTimestamp } from './timestamp.ts';

describe('parseTimestamp', () => {
  it.each([
    ['1970-01-01T00:00:01Z', 1000],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T00:00:00.2431672529Z', 243],
    ['2024-02-29T00:00:00Z', 1709164800000],
  ])('reads %s', (text, instant) => {
    expect(parseTimestamp(text)).toBe(instant);
  });

  it.each([
    '1970-01-01',
    '1970-01-01t00:00:00Z',
    '1970-01-01T00:00:00z',
    '1970-01-01T00:00:00',
    '1970-01-01T24:00:00Z',
    '2023-02-29T00:00:00Z',
    '2023-00-10T00:00:00Z',
    ' 1970-01-01T00:00:00Z',
  ])('refuses %s', (text) => {
    expect(parseTimestamp(text)).toBe(undefined);
  });
});

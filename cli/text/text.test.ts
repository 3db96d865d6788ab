import { describe, expect, it } from 'vitest';
import { clean, oneLine, shortened } from './clean.ts';
import { escaped, escapedValue } from './github.ts';
import { paintFor } from './paint.ts';
import { table } from './table.ts';
import { clockTime, duration, readDuration } from './time.ts';

describe('clean', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;new title\u0007text', 'text'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['over\rwritten\b\b', 'overwritten'],
    ['\u009b2Jcleared', 'cleared'],
    ['\u202efdp.exe', 'fdp.exe'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['grüße 👋', 'grüße 👋'],
  ])('makes %j safe to print', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('shows line ends in one line, so that no line can be forged', () => {
    expect(oneLine(' a\n  12:00:00 forged\n')).toBe('a ⏎ 12:00:00 forged ⏎');
    expect(shortened('abcdefgh', 5)).toBe('abcd…');
  });
});

describe('time', () => {
  it.each([
    [-5, '0.0 s'],
    [400, '0.4 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [356_400_000, '4 d 3 h'],
  ])('tells %i ms as %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['soon', undefined],
    ['-3s', undefined],
  ])('reads %s', (text, expected) => {
    expect(readDuration(text)).toBe(expected);
  });

  it('is local', () => {
    expect(clockTime(Date.parse('2026-11-23T23:30:05Z'), 60)).toBe('00:30:05');
  });
});

describe('paintFor', () => {
  const sink = (isTty: boolean) => ({ isTty, columns: 80, write: () => undefined });

  it.each([
    ['a terminal', true, 'auto', {}, true],
    ['a pipe', false, 'auto', {}, false],
    ['NO_COLOR on a terminal', true, 'auto', { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, 'auto', { NO_COLOR: '' }, true],
    ['FORCE_COLOR into a pipe', false, 'auto', { FORCE_COLOR: '1' }, true],
    ['NO_COLOR before FORCE_COLOR', false, 'auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR=0', true, 'auto', { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', true, 'auto', { TERM: 'dumb' }, false],
    ['--color always before NO_COLOR', false, 'always', { NO_COLOR: '1' }, true],
    ['--color never before FORCE_COLOR', true, 'never', { FORCE_COLOR: '1' }, false],
  ] as const)('decides for %s', (_, isTty, choice, env, isColoured) => {
    expect(paintFor(sink(isTty), choice, env)('red', 'x')).toBe(isColoured ? '\u001b[31mx\u001b[39m' : 'x');
  });
});

describe('table', () => {
  it('lines columns up by what is seen, and ends no line in spaces', () => {
    expect(
      table([
        ['\u001b[31mab\u001b[39m', 'c'],
        ['a', ''],
        ['abc', 'd'],
      ]),
    ).toBe('\u001b[31mab\u001b[39m   c\na\nabc  d');
  });
});

describe('GitHub’s commands', () => {
  it('cannot be ended or begun by text from elsewhere', () => {
    expect(escaped('50 %\n::set-env::')).toBe('50 %25%0A::set-env::');
    expect(escapedValue('a:b,c')).toBe('a%3Ab%2Cc');
  });
});

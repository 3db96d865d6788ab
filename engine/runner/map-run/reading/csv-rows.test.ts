import { describe, expect, it } from 'vitest';
import { csvRows } from './csv-rows.ts';

const rows = (text: string) => [...csvRows(text, 'COMMA')];

describe('csvRows', () => {
  it.each([
    ['', []],
    ['a,b', [['a', 'b']]],
    ['a,b\n', [['a', 'b']]],
    ['a\r\nb\rc\n', [['a'], ['b'], ['c']]],
    ['a\n\n\nb', [['a'], ['b']]],
    [',,', [['', '', '']]],
    ['   \n', [['   ']]],
    ['a,', [['a', '']]],
    ['\uFEFFa,b', [['a', 'b']]],
    ['"a,b",c', [['a,b', 'c']]],
    ['"a\nb",c', [['a\nb', 'c']]],
    ['"say ""yes""",b', [['say "yes"', 'b']]],
    ['"",""', [['', '']]],
    ['"a" b,c', [['a b', 'c']]],
    ['a "b",c', [['a "b"', 'c']]],
    ['"open,b', [['"open,b']]],
    ["'single',b", [["'single'", 'b']]],
  ])('reads %j as %j', (text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  it.each([
    ['PIPE', 'a|b,c'],
    ['SEMICOLON', 'a;b,c'],
    ['SPACE', 'a b,c'],
    ['TAB', 'a\tb,c'],
  ] as const)('parts by %s', (delimiter, text) => {
    expect([...csvRows(text, delimiter)]).toEqual([['a', 'b,c']]);
  });

  it('gives rows one at a time', () => {
    expect(csvRows('a\nb\nc', 'COMMA').take(2).toArray()).toEqual([['a'], ['b']]);
  });
});

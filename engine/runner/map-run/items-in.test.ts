import { describe, expect, it } from 'vitest';
import type { ReaderConfig } from '../../asl/machine.ts';
import { itemsIn } from './items-in.ts';
import { Unusable } from './unusable.ts';

const config: ReaderConfig = {
  inputType: 'JSON',
  csvHeaderLocation: undefined,
  csvHeaders: [],
  csvDelimiter: 'COMMA',
  itemsPointer: undefined,
  flatten: false,
};
const csv: ReaderConfig = { ...config, inputType: 'CSV', csvHeaderLocation: 'FIRST_ROW' };
const all = (text: string, more: ReaderConfig = config) => itemsIn(text, more, Infinity);

describe('items of a CSV file', () => {
  it('are objects by the headers of its first row', () => {
    expect(all('a,b\n1,x\n2,y', csv)).toEqual({
      items: [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    });
  });

  it('are objects by the headers given, and then the first row is one too', () => {
    const given: ReaderConfig = { ...csv, csvHeaderLocation: 'GIVEN', csvHeaders: ['h'] };

    expect(all('a,b\n1,x', given)).toEqual({ items: [{ h: 'a' }, { h: '1' }] });
  });

  it('have an empty text where a row is short, and leave out what has no header', () => {
    expect(all('a,b\n1\n1,2,3', csv)).toEqual({
      items: [
        { a: '1', b: '' },
        { a: '1', b: '2' },
      ],
    });
  });

  it('are none in a file of headers, and in one of nothing', () => {
    expect(all('a,b\n', csv)).toEqual({ items: [] });
    expect(all('', csv)).toEqual({ items: [] });
  });

  it('keep a header that is the name of an object property', () => {
    expect(Object.keys(all('__proto__,constructor\n1,2', csv).items[0] ?? {})).toEqual(['__proto__', 'constructor']);
  });

  it('cannot be told apart with two headers of one name', () => {
    expect(() => all('a,a\n1,2', csv)).toThrow(new Unusable('CSV headers cannot contain duplicates.'));
  });
});

describe('items of a JSON file', () => {
  it('are the elements of its array', () => {
    expect(all('[1, "a", null]')).toEqual({ items: [1, 'a', null] });
  });

  it.each(['{"a": 1}', '1', 'null'])('are none in %s', (text) => {
    expect(() => all(text)).toThrow(new Unusable('Attempting to map over non-iterable node.'));
  });

  it('are the elements of an array, or the members of an object, that a pointer names', () => {
    const text = '{"a/b": {"~": [{"x": 1, "y": 2}]}}';

    expect(all(text, { ...config, itemsPointer: '/a~1b/~0' })).toEqual({ items: [{ x: 1, y: 2 }] });
    expect(all(text, { ...config, itemsPointer: '/a~1b/~0/0' })).toEqual({ items: [1, 2], keys: ['x', 'y'] });
  });

  it.each(['/b', '/a/0/c', '/a/-', '/a/01', '/constructor'])(
    'are none where the pointer %s leads nowhere',
    (itemsPointer) => {
      expect(() => all('{"a": [[1]]}', { ...config, itemsPointer })).toThrow(Unusable);
    },
  );

  it('say so when the file is no JSON', () => {
    expect(() => all('[1,')).toThrow(/^The object is no JSON: /);
  });
});

describe('items of a JSON Lines file', () => {
  it('are its lines, but for empty ones', () => {
    expect(all('{"a":1}\r\n\n2\n', { ...config, inputType: 'JSONL' })).toEqual({ items: [{ a: 1 }, 2] });
  });

  it('say which line is no JSON', () => {
    expect(() => all('1\nx', { ...config, inputType: 'JSONL' })).toThrow(/^Line 2 is no JSON: /);
  });
});

it.each([
  ['CSV', 'a\n1\n2\n3', [{ a: '1' }, { a: '2' }]],
  ['JSON', '[1,2,3]', [1, 2]],
  ['JSONL', '1\n2\nnot looked at', [1, 2]],
] as const)('of a %s file no more items are read than asked for', (inputType, text, items) => {
  expect(itemsIn(text, { ...csv, inputType }, 2)).toEqual({ items });
});

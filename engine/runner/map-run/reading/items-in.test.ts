import { describe, expect, it } from 'vitest';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Format, itemsIn } from './items-in.ts';
import { Unusable } from '../unusable.ts';

const config: Format = {
  inputType: 'JSON',
  csvHeaderLocation: undefined,
  csvHeaders: [],
  csvDelimiter: 'COMMA',
  itemsPointer: undefined,
};
const csv: Format = { ...config, inputType: 'CSV', csvHeaderLocation: 'FIRST_ROW' };
const all = (text: string | Uint8Array, more: Format = config) => itemsIn(Buffer.from(text), more, Infinity);

describe('items of a CSV file', () => {
  it('are objects by the headers of its first row', async () => {
    expect(await all('a,b\n1,x\n2,y', csv)).toEqual({
      items: [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    });
  });

  it('are objects by the headers given, and then the first row is one too', async () => {
    const given: Format = { ...csv, csvHeaderLocation: 'GIVEN', csvHeaders: ['h'] };

    expect(await all('a,b\n1,x', given)).toEqual({ items: [{ h: 'a' }, { h: '1' }] });
  });

  it('have an empty text where a row is short, and leave out what has no header', async () => {
    expect(await all('a,b\n1\n1,2,3', csv)).toEqual({
      items: [
        { a: '1', b: '' },
        { a: '1', b: '2' },
      ],
    });
  });

  it('are none in a file of headers, and in one of nothing', async () => {
    expect(await all('a,b\n', csv)).toEqual({ items: [] });
    expect(await all('', csv)).toEqual({ items: [] });
  });

  it('keep a header that is the name of an object property', async () => {
    expect(Object.keys((await all('__proto__,constructor\n1,2', csv)).items[0] ?? {})).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('cannot be told apart with two headers of one name', async () => {
    await expect(all('a,a\n1,2', csv)).rejects.toThrow(new Unusable('CSV headers cannot contain duplicates.'));
  });
});

describe('items of a JSON file', () => {
  it('are the elements of its array', async () => {
    expect(await all('[1, "a", null]')).toEqual({ items: [1, 'a', null] });
  });

  it.each(['{"a": 1}', '1', 'null'])('are none in %s', async (text) => {
    await expect(all(text)).rejects.toThrow(new Unusable('Attempting to map over non-iterable node.'));
  });

  it('are the elements of an array, or the members of an object, that a pointer names', async () => {
    const text = '{"a/b": {"~": [{"x": 1, "y": 2}]}}';

    expect(await all(text, { ...config, itemsPointer: '/a~1b/~0' })).toEqual({ items: [{ x: 1, y: 2 }] });
    expect(await all(text, { ...config, itemsPointer: '/a~1b/~0/0' })).toEqual({ items: [1, 2], keys: ['x', 'y'] });
  });

  it.each(['/b', '/a/0/c', '/a/-', '/a/01', '/constructor'])(
    'are none where the pointer %s leads nowhere',
    async (itemsPointer) => {
      await expect(all('{"a": [[1]]}', { ...config, itemsPointer })).rejects.toThrow(Unusable);
    },
  );

  it('say so when the file is no JSON', async () => {
    await expect(all('[1,')).rejects.toThrow(/^The object is no JSON: /);
  });
});

describe('items of a JSON Lines file', () => {
  it('are its lines, but for empty ones', async () => {
    expect(await all('{"a":1}\r\n\n2\n', { ...config, inputType: 'JSONL' })).toEqual({ items: [{ a: 1 }, 2] });
  });

  it('say which line is no JSON', async () => {
    await expect(all('1\nx', { ...config, inputType: 'JSONL' })).rejects.toThrow(/^Line 2 is no JSON: /);
  });
});

it.each([
  ['CSV', 'a\n1\n2\n3', [{ a: '1' }, { a: '2' }]],
  ['JSON', '[1,2,3]', [1, 2]],
  ['JSONL', '1\n2\nnot looked at', [1, 2]],
] as const)('of a %s file no more items are read than asked for', async (inputType, text, items) => {
  expect(await itemsIn(Buffer.from(text), { ...csv, inputType }, 2)).toEqual({ items });
});

describe('items of an object that is packed', () => {
  it.each([
    ['gzip', gzipSync],
    ['Zstandard', zstdCompressSync],
  ])('by %s are those of what was packed', async (_, pack) => {
    expect(await all(pack('a,b\n1,2'), csv)).toEqual({ items: [{ a: '1', b: '2' }] });
  });

  it('say so when it cannot be unpacked', async () => {
    await expect(all(gzipSync('[1,2]').subarray(0, 15))).rejects.toThrow(
      /^The object begins like gzip and cannot be unpacked: /,
    );
  });
});

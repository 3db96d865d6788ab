import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { parquetRows } from './parquet-rows.ts';

const written = (...columnData: ColumnSource[]) => new Uint8Array(parquetWriteBuffer({ columnData }));

describe('parquetRows', () => {
  it('gives the rows as objects by column, with null for what is missing', async () => {
    const file = written(
      { name: 'name', data: ['a', 'ü', null], type: 'STRING' },
      { name: 'price', data: [1.5, Number.NaN, -2], type: 'DOUBLE' },
      { name: 'ok', data: [true, false, null], type: 'BOOLEAN' },
    );

    expect(await parquetRows(file, Infinity)).toEqual([
      { name: 'a', price: 1.5, ok: true },
      { name: 'ü', price: null, ok: false },
      { name: null, price: -2, ok: null },
    ]);
  });

  it('gives no more rows than asked for', async () => {
    const file = written({ name: 'n', data: [1, 2, 3], type: 'INT32' });

    expect(await parquetRows(file, 2)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('gives integers of 64 bits as the nearest numbers', async () => {
    const file = written({ name: 'n', data: [1n, 9_007_199_254_740_993n], type: 'INT64' });

    expect(await parquetRows(file, Infinity)).toEqual([{ n: 1 }, { n: 9_007_199_254_740_992 }]);
  });

  it('writes instants in ISO 8601', async () => {
    const file = written({ name: 'at', data: [new Date('2025-09-18T01:02:03.456Z'), new Date(-1)], type: 'TIMESTAMP' });

    expect(await parquetRows(file, Infinity)).toEqual([
      { at: expect.stringMatching(/^2025-09-18T01:02:03\.456(000)?Z$/) },
      { at: expect.stringMatching(/^1969-12-31T23:59:59\.999(000)?Z$/) },
    ]);
  });

  it('gives bytes as the text they are, or in Base64', async () => {
    const data = [Buffer.from('ü'), Uint8Array.from([0, 255])];

    expect(await parquetRows(written({ name: 'b', data, type: 'BYTE_ARRAY' }), Infinity)).toEqual([
      { b: 'ü' },
      { b: 'AP8=' },
    ]);
  });

  it('gives lists and objects inside of a row', async () => {
    const file = written({ name: 'sub', data: [{ a: [1, { b: 'x' }] }], type: 'JSON' });

    expect(await parquetRows(file, Infinity)).toEqual([{ sub: { a: [1, { b: 'x' }] } }]);
  });

  it.each(['', 'a,b\n1,2', 'PAR1PAR1'])('says of %j that it is no Parquet file', async (text) => {
    await expect(parquetRows(Buffer.from(text), Infinity)).rejects.toThrow(/^The object cannot be read as Parquet: /);
  });
});

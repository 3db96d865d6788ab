import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '../../../../adapters/memory/object-store.ts';
import type { ReaderConfig } from '../../../asl/machine.ts';
import { toEpochMs } from '../../../data/instant.ts';
import type { Json } from '../../../data/json.ts';
import type { ObjectStore } from '../../object-store.ts';
import { type ReadItems, readItems } from './read-items.ts';

const config: ReaderConfig = {
  inputType: 'JSON',
  manifest: undefined,
  csvHeaderLocation: undefined,
  csvHeaders: [],
  csvDelimiter: 'COMMA',
  itemsPointer: undefined,
  flatten: false,
};

async function stored(contents: Readonly<Record<string, string | Uint8Array>>): Promise<ObjectStore> {
  const objects = memoryObjectStore(['b', 'other'], () => toEpochMs(0));
  for (const [place, body] of Object.entries(contents)) {
    const [bucket = '', ...key] = place.split('/');
    await objects.put({ bucket, key: key.join('/') }, Buffer.from(body));
  }
  return objects;
}

const asked = (
  parameters: Json,
  more: Partial<ReaderConfig> = {},
  action: ReadItems['action'] = 'getObject',
  maxItems?: number,
): ReadItems => ({
  kind: 'ReadItems',
  id: 'read',
  frame: 'root',
  mapRun: 'arn',
  action,
  parameters,
  maxItems,
  config: { ...config, ...more },
});

describe('an S3 inventory', () => {
  const manifest = {
    sourceBucket: 'b',
    destinationBucket: 'arn:aws:s3:::other',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [{ key: 'data/1.csv.gz' }, { key: 'data/2.csv.gz' }],
  };
  const files = {
    'other/data/1.csv.gz': gzipSync('"b","a%20b","1"\n"b","c","2"\n'),
    'other/data/2.csv.gz': gzipSync('"b","d","3"\n'),
  };
  const read = async (more: object, maxItems?: number) =>
    readItems(
      await stored({ ...files, 'other/manifest.json': JSON.stringify({ ...manifest, ...more }) }),
      asked(
        { Bucket: 'other', Key: 'manifest.json' },
        { inputType: undefined, manifest: 'S3_INVENTORY' },
        'getObject',
        maxItems,
      ),
    );

  it('gives what its files list, under the names of its schema', async () => {
    expect(await read({})).toEqual({
      items: [
        { Bucket: 'b', Key: 'a%20b', Size: '1' },
        { Bucket: 'b', Key: 'c', Size: '2' },
        { Bucket: 'b', Key: 'd', Size: '3' },
      ],
      sources: [
        { from: 0, source: 'S3://other/data/1.csv.gz' },
        { from: 2, source: 'S3://other/data/2.csv.gz' },
      ],
    });
  });

  it('opens no file that it needs not', async () => {
    expect((await read({ files: [{ key: 'data/1.csv.gz' }, { key: 'none' }] }, 2)).items).toHaveLength(2);
  });

  it.each([
    [{ fileFormat: 'ORC' }, 'The files of an S3 inventory are read as CSV; this one has "ORC"'],
    [{ files: [{}] }, 'A file of an S3 inventory has a key; this one is {}'],
    [{ fileSchema: 1 }, 'An S3 inventory has a manifest.json with a fileSchema, a destinationBucket and files'],
    [
      { files: [{ key: 'none' }] },
      'The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey)',
    ],
  ])('with %j cannot be read', async (more, message) => {
    await expect(read(more)).rejects.toThrow(message);
  });
});

describe("a manifest of Athena's UNLOAD", () => {
  const parameters = { Bucket: 'other', Key: 'query.csv' };

  it('gives the items of the objects it names, in their format', async () => {
    const objects = await stored({
      'other/query.csv': 's3://b/x/1.gz\ns3://other/y/2\n',
      'b/x/1.gz': gzipSync('{"n":1}\n{"n":2}\n'),
      'other/y/2': '{"n":3}\n',
    });

    expect(await readItems(objects, asked(parameters, { inputType: 'JSONL', manifest: 'ATHENA_DATA' }))).toEqual({
      items: [{ n: 1 }, { n: 2 }, { n: 3 }],
      sources: [
        { from: 0, source: 'S3://b/x/1.gz' },
        { from: 2, source: 'S3://other/y/2' },
      ],
    });
  });

  it('has nothing but places in it', async () => {
    const objects = await stored({ 'other/query.csv': 'not a place\n' });

    await expect(
      readItems(objects, asked(parameters, { inputType: 'JSONL', manifest: 'ATHENA_DATA' })),
    ).rejects.toThrow('A line of an Athena manifest is like s3://bucket/key; this one is "not a place"');
  });
});

describe('a listing', () => {
  const flatten = { flatten: true };
  const contents = { 'b/in/': '', 'b/in/1': '{"x":{"a":1}}', 'b/in/2': '{"x":[2,3]}', 'b/out': '[4]' };

  it('has the bucket for the source of its entries', async () => {
    const { items, sources } = await readItems(await stored(contents), asked({ Bucket: 'b' }, {}, 'listObjectsV2'));

    expect(items).toMatchObject([{ Key: 'in/' }, { Key: 'in/1' }, { Key: 'in/2' }, { Key: 'out' }]);
    expect(sources).toEqual([{ from: 0, source: 'S3://b' }]);
  });

  it('whose objects are loaded gives their items, with keys and sources of each', async () => {
    const listing = asked({ Bucket: 'b', Prefix: 'in/' }, { ...flatten, itemsPointer: '/x' }, 'listObjectsV2');

    expect(await readItems(await stored(contents), listing)).toEqual({
      items: [1, 2, 3],
      keys: ['a', null, null],
      sources: [
        { from: 0, source: 'S3://b/in/1' },
        { from: 1, source: 'S3://b/in/2' },
      ],
    });
  });

  it('goes on over its pages, and no further than asked', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`b/${i}`, `[${i}]`]));
    const objects = await stored(many);
    const count = async (more: object, most?: number) =>
      (await readItems(objects, asked({ Bucket: 'b' }, more, 'listObjectsV2', most))).items.length;

    expect(await count({})).toBe(1001);
    expect(await count(flatten)).toBe(1001);
    expect(await count(flatten, 1000)).toBe(1000);
  });
});

import { isObject, type Json, own } from '../../../data/json.ts';
import type { ObjectFacts, ObjectPlace, ObjectStore } from '../../object-store.ts';
import { Unusable } from '../unusable.ts';
import { csvRows } from './csv-rows.ts';
import type { Format } from './items-in.ts';
import { parsedJson } from './parsed-json.ts';
import { unpackedText } from './unpacked-text.ts';

/** Objects of a listing that are read at a time. */
const LISTED_AT_ONCE = 1000;

/** The objects of a bucket whose keys start with the prefix. */
export async function* listed(objects: ObjectStore, bucket: string, prefix: string): AsyncGenerator<ObjectFacts> {
  for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
    const { items, next }: Awaited<ReturnType<ObjectStore['list']>> = await objects.list({
      bucket,
      prefix,
      limit: LISTED_AT_ONCE,
      ...from,
    });
    yield* items;
    from = next === undefined ? undefined : { from: next };
  }
}

/**
 * The objects that Athena's UNLOAD wrote: its manifest names one a line, as `s3://bucket/key`. (Athena guide, "UNLOAD")
 * @throws Unusable
 */
export async function unloaded(manifest: Uint8Array): Promise<readonly ObjectPlace[]> {
  const lines = [...csvRows(await unpackedText(manifest), 'COMMA')].map(([line = '']) => line.trim());
  return lines.map((line) => {
    const { bucket, key } = /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.+)$/.exec(line)?.groups ?? {};
    if (bucket === undefined || key === undefined)
      throw new Unusable(`A line of an Athena manifest is like s3://bucket/key; this one is ${JSON.stringify(line)}`);
    return { bucket, key };
  });
}

/**
 * The files of an S3 inventory, and what they are written in: CSV without headers, which its `manifest.json` names.
 * (S3 guide, "Amazon S3 Inventory list")
 * @throws Unusable
 */
export async function inventoried(
  manifest: Uint8Array,
): Promise<{ readonly format: Format; readonly places: readonly ObjectPlace[] }> {
  const found = parsedJson(await unpackedText(manifest), 'The manifest');
  const [fileFormat, fileSchema, destination, files] = ['fileFormat', 'fileSchema', 'destinationBucket', 'files'].map(
    (name) => (isObject(found) ? own(found, name) : undefined),
  );
  if (typeof fileSchema !== 'string' || typeof destination !== 'string' || !Array.isArray(files))
    throw new Unusable('An S3 inventory has a manifest.json with a fileSchema, a destinationBucket and files');
  if (fileFormat !== 'CSV')
    throw new Unusable(`The files of an S3 inventory are read as CSV; this one has ${JSON.stringify(fileFormat)}`);
  const format: Format = {
    inputType: 'CSV',
    csvHeaderLocation: 'GIVEN',
    csvHeaders: fileSchema.split(',').map((name) => name.trim()),
    csvDelimiter: 'COMMA',
    itemsPointer: undefined,
  };
  const bucket = destination.slice(destination.lastIndexOf(':') + 1); // an ARN: arn:aws:s3:::bucket
  return { format, places: files.map((file: Json) => ({ bucket, key: keyOf(file) })) };
}

function keyOf(file: Json): string {
  const key = isObject(file) ? own(file, 'key') : undefined;
  if (typeof key === 'string') return key;
  throw new Unusable(`A file of an S3 inventory has a key; this one is ${JSON.stringify(file)}`);
}

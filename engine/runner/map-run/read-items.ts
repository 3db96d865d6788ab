import type { Effect, ItemsFrame } from '../../core/index.ts';
import { isObject, type Json, own } from '../../data/json.ts';
import { NoSuchObject, type ObjectFacts, type ObjectStore } from '../object-store.ts';
import { itemsIn } from './items-in.ts';
import { Unusable } from './unusable.ts';

export type ReadItems = Extract<Effect, { kind: 'ReadItems' }>;

/** Objects read at a time when the items are in all those of a listing. */
const LISTED_AT_ONCE = 1000;

/**
 * What an ItemReader reads. (Step Functions guide, "ItemReader")
 * @throws Unusable when there is nothing to read, or it cannot be used
 */
export async function readItems(objects: ObjectStore, asked: ReadItems): Promise<Omit<ItemsFrame, 'kind'>> {
  const { action, parameters, config, maxItems = 0 } = asked;
  if (maxItems < 0) throw new Unusable('field MaxItems must be positive');
  const most = maxItems === 0 ? Infinity : maxItems;
  const bucket = textOf(parameters, 'Bucket');
  try {
    if (action === 'getObject') {
      const key = textOf(parameters, 'Key');
      if (isObject(parameters) && own(parameters, 'VersionId') !== undefined)
        throw new Unusable(`Objects have no versions here: VersionId cannot be asked for with ${bucket}/${key}`);
      return { ...itemsIn(await readText(objects, bucket, key), config, most), source: `S3://${bucket}/${key}` };
    }
    const prefix = isObject(parameters) ? (own(parameters, 'Prefix') ?? '') : '';
    if (typeof prefix !== 'string') throw new Unusable(`Prefix is a text; it was given ${JSON.stringify(prefix)}`);
    let items: Json[] = [];
    for await (const facts of listed(objects, bucket, prefix)) {
      if (items.length >= most) break;
      if (!config.flatten) items.push(listItem(facts));
      else if (!facts.key.endsWith('/'))
        items = items.concat(itemsIn(await readText(objects, bucket, facts.key), config, most - items.length).items);
    }
    return { items, source: `S3://${bucket}` };
  } catch (thrown) {
    if (!(thrown instanceof NoSuchObject)) throw thrown;
    throw new Unusable(`${thrown.message} (Service: Amazon S3; Status Code: 404; Error Code: ${thrown.code})`);
  }
}

function textOf(parameters: Json, name: string): string {
  const value = isObject(parameters) ? own(parameters, name) : undefined;
  if (typeof value === 'string') return value;
  throw new Unusable(`An ItemReader needs a ${name}, a text; it was given ${JSON.stringify(value)}`);
}

async function readText(objects: ObjectStore, bucket: string, key: string): Promise<string> {
  return new TextDecoder().decode(await objects.get({ bucket, key }));
}

async function* listed(objects: ObjectStore, bucket: string, prefix: string): AsyncGenerator<ObjectFacts> {
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

/** An entry of a listing, as AWS gives it to an execution: its moment in seconds since 1970. */
const listItem = ({ key, size, etag, modifiedAt }: ObjectFacts): Json => ({
  Etag: etag,
  LastModified: Math.floor(modifiedAt / 1000),
  Key: key,
  Size: size,
  StorageClass: 'STANDARD',
});

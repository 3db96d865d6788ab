import type { Effect, ItemsFrame } from '../../../core/index.ts';
import { isObject, type Json, own } from '../../../data/json.ts';
import { NoSuchObject, type ObjectFacts, type ObjectPlace, type ObjectStore } from '../../object-store.ts';
import { Unusable } from '../unusable.ts';
import { inventoried, listed, unloaded } from './data-objects.ts';
import { type Format, type Items, itemsIn } from './items-in.ts';

export type ReadItems = Extract<Effect, { kind: 'ReadItems' }>;

/** Some items and where they are from. */
interface Portion extends Items {
  readonly source: string;
}

/**
 * What an ItemReader reads. (Step Functions guide, "ItemReader")
 * @throws Unusable when there is nothing to read, or it cannot be used
 */
export async function readItems(objects: ObjectStore, asked: ReadItems): Promise<Omit<ItemsFrame, 'kind'>> {
  const { maxItems = 0 } = asked;
  if (maxItems < 0) throw new Unusable('field MaxItems must be positive');
  const most = maxItems === 0 ? Infinity : maxItems;
  const all: { items: Json[]; keys: (string | null)[]; sources: { from: number; source: string }[] } = {
    items: [],
    keys: [],
    sources: [],
  };
  try {
    for await (const { items, keys, source } of portions(objects, asked, () => most - all.items.length)) {
      if (all.sources.at(-1)?.source !== source) all.sources.push({ from: all.items.length, source });
      for (const [i, item] of items.entries()) {
        all.items.push(item);
        all.keys.push(keys?.[i] ?? null);
      }
      if (all.items.length >= most) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof NoSuchObject)) throw thrown;
    throw new Unusable(`${thrown.message} (Service: Amazon S3; Status Code: 404; Error Code: ${thrown.code})`);
  }
  const { items, keys, sources } = all;
  return { items, sources, ...(keys.some((key) => key !== null) ? { keys } : {}) };
}

/** The items object by object, as far as they are wanted; `room` says how many still are. */
async function* portions(objects: ObjectStore, asked: ReadItems, room: () => number): AsyncGenerator<Portion> {
  const { action, parameters, config } = asked;
  const bucket = textOf(parameters, 'Bucket');
  const read = async (place: ObjectPlace, format: Format = config): Promise<Portion> => ({
    ...(await itemsIn(await objects.get(place), format, room())),
    source: `S3://${place.bucket}/${place.key}`,
  });
  if (action === 'listObjectsV2') {
    for await (const facts of listed(objects, bucket, prefixOf(parameters)))
      if (!config.flatten) yield { items: [listItem(facts)], source: `S3://${bucket}` };
      else if (!facts.key.endsWith('/')) yield await read({ bucket, key: facts.key });
    return;
  }
  const place = { bucket, key: textOf(parameters, 'Key') };
  if (isObject(parameters) && own(parameters, 'VersionId') !== undefined)
    throw new Unusable(`Objects have no versions here: VersionId cannot be asked for with ${bucket}/${place.key}`);
  if (config.manifest === 'S3_INVENTORY') {
    const { format, places } = await inventoried(await objects.get(place));
    for (const each of places) yield await read(each, format);
  } else if (config.manifest === 'ATHENA_DATA') {
    for (const each of await unloaded(await objects.get(place))) yield await read(each);
  } else yield await read(place);
}

function textOf(parameters: Json, name: string): string {
  const value = isObject(parameters) ? own(parameters, name) : undefined;
  if (typeof value === 'string') return value;
  throw new Unusable(`An ItemReader needs a ${name}, a text; it was given ${JSON.stringify(value)}`);
}

function prefixOf(parameters: Json): string {
  const prefix = isObject(parameters) ? (own(parameters, 'Prefix') ?? '') : '';
  if (typeof prefix === 'string') return prefix;
  throw new Unusable(`Prefix is a text; it was given ${JSON.stringify(prefix)}`);
}

/** An entry of a listing, as AWS gives it to an execution: its moment in seconds since 1970. */
const listItem = ({ key, size, etag, modifiedAt }: ObjectFacts): Json => ({
  Etag: etag,
  LastModified: Math.floor(modifiedAt / 1000),
  Key: key,
  Size: size,
  StorageClass: 'STANDARD',
});

import { memoryObjectStore } from '../../adapters/memory/object-store.ts';
import type { EpochMs } from '../../engine/data/instant.ts';
import { isObject, type Json, own } from '../../engine/data/json.ts';
import { NoSuchObject, type ObjectStore } from '../../engine/runner/object-store.ts';
import { textOf } from './case.ts';

/** The buckets of a case: what its machines read and write, and what its test did with S3 itself. */
export interface Objects {
  readonly store: ObjectStore;
  createBucket(name: string): void;
  /** An S3 call of the recorded test, answered as far as S3's answer says something of the objects. */
  call(operation: string, params: Json): Promise<object>;
}

export function createObjects(now: () => EpochMs): Objects {
  const buckets = new Map<string, ObjectStore>();
  const bucketNamed = (name: string): ObjectStore => {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw new NoSuchObject('NoSuchBucket');
    return bucket;
  };
  const store: ObjectStore = {
    get: async (place) => bucketNamed(place.bucket).get(place),
    put: async (place, body) => bucketNamed(place.bucket).put(place, body),
    list: async (query) => bucketNamed(query.bucket).list(query),
  };
  const createBucket = (name: string) => void buckets.set(name, memoryObjectStore([name], now));

  async function call(operation: string, params: Json): Promise<object> {
    const place = { bucket: textOf(params, 'Bucket'), key: textOf(params, 'Key') };
    switch (operation) {
      case 'CreateBucket':
        createBucket(place.bucket);
        return {};
      case 'PutObject':
        await store.put(place, Buffer.from(textOf(params, 'Body')));
        return {};
      case 'GetObject':
        return { Body: Buffer.from(await store.get(place)).toString() };
      case 'ListObjects':
      case 'ListObjectsV2': {
        const { items } = await store.list({ ...place, prefix: textOf(params, 'Prefix'), limit: 1000 });
        return { Contents: items.map(({ key, size, etag }) => ({ Key: key, Size: size, ETag: etag })) };
      }
      default:
        return {};
    }
  }

  return { store, createBucket, call };
}

/** Tests name a bucket as S3 does, or leave it to the fixture. */
export const bucketOf = (params: Json): string =>
  isObject(params) && own(params, 'Bucket') !== undefined ? textOf(params, 'Bucket') : textOf(params, 'name');

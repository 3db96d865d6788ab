import { createHash } from 'node:crypto';
import type { EpochMs } from '../../engine/data/instant.ts';
import { NoSuchObject, type ObjectStore } from '../../engine/runner/object-store.ts';

/** Objects that live as long as the process, in the buckets given. The test double of `ObjectStore`. */
export function memoryObjectStore(buckets: readonly string[], now: () => EpochMs): ObjectStore {
  const objects = new Map(buckets.map((name) => [name, new Map<string, Stored>()]));

  function bucketNamed(name: string): Map<string, Stored> {
    const bucket = objects.get(name);
    if (bucket === undefined) throw new NoSuchObject('NoSuchBucket');
    return bucket;
  }

  return {
    async get({ bucket, key }) {
      const found = bucketNamed(bucket).get(key);
      if (found === undefined) throw new NoSuchObject('NoSuchKey');
      return found.body;
    },
    async put({ bucket, key }, body) {
      bucketNamed(bucket).set(key, { body: Uint8Array.from(body), modifiedAt: now() });
    },
    async list({ bucket, prefix, limit, from = '' }) {
      const found = [...bucketNamed(bucket)]
        .filter(([key]) => key.startsWith(prefix) && byUtf8(key, from) > 0)
        .sort(([a], [b]) => byUtf8(a, b));
      const items = found.slice(0, limit).map(([key, { body, modifiedAt }]) => {
        const etag = `"${createHash('md5').update(body).digest('hex')}"`;
        return { key, size: body.length, etag, modifiedAt };
      });
      return { items, next: found.length > limit ? items.at(-1)?.key : undefined };
    },
  };
}

interface Stored {
  readonly body: Uint8Array;
  readonly modifiedAt: EpochMs;
}

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

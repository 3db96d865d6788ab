import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toEpochMs } from '../../../engine/data/instant.ts';
import {
  NoSuchObject,
  type ObjectFacts,
  type ObjectPlace,
  type ObjectStore,
} from '../../../engine/runner/object-store.ts';
import { keysIn } from './keys-in.ts';
import { pathOfKey, UNFINISHED } from './path-of-key.ts';

/**
 * Objects as files: a bucket is a folder in `folder`, a key the path in it, so people may put files there by hand.
 * A file cannot be a folder too: of the keys `a` and `a/b` there is one.
 */
export function folderObjectStore(folder: string): ObjectStore {
  async function bucketFolder(bucket: string): Promise<string> {
    const path = /^\w[\w.-]{1,61}\w$/.test(bucket) ? join(folder, bucket) : undefined;
    const found = path === undefined ? undefined : await stat(path).catch(ifMissing(undefined));
    if (path === undefined || !found?.isDirectory()) throw new NoSuchObject('NoSuchBucket');
    return path;
  }

  async function fileOf({ bucket, key }: ObjectPlace): Promise<string> {
    return join(await bucketFolder(bucket), pathOfKey(key));
  }

  return {
    async get(place) {
      const body = await readFile(await fileOf(place)).catch(ifMissing(undefined));
      if (body === undefined) throw new NoSuchObject('NoSuchKey');
      return body;
    },

    async put(place, body) {
      const path = await fileOf(place);
      await mkdir(dirname(path), { recursive: true });
      const unfinished = join(dirname(path), `${UNFINISHED}${randomUUID()}`);
      try {
        await writeDurably(unfinished, body);
        await rename(unfinished, path);
      } catch (thrown) {
        await rm(unfinished, { force: true });
        throw thrown;
      }
    },

    async list({ bucket, prefix, limit, from = '' }) {
      const root = await bucketFolder(bucket);
      const keys = (await keysIn(root, prefix)).filter(
        (key) => Buffer.compare(Buffer.from(key), Buffer.from(from)) > 0,
      );
      const page = keys.slice(0, limit);
      const facts = await Promise.all(page.map((key) => factsOf(key, join(root, pathOfKey(key)))));
      const items = facts.filter((each) => each !== undefined); // one was removed meanwhile
      return { items, next: keys.length > limit ? page.at(-1) : undefined };
    },
  };
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function factsOf(key: string, path: string): Promise<ObjectFacts | undefined> {
  try {
    const [{ size, mtimeMs }, body] = await Promise.all([stat(path), readFile(path)]);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    return { key, size, etag, modifiedAt: toEpochMs(Math.floor(mtimeMs)) };
  } catch (thrown) {
    return ifMissing(undefined)(thrown);
  }
}

/** Gives `value` for a file or folder that is not there, and throws what else was wrong. */
const ifMissing =
  <T>(value: T) =>
  (thrown: unknown): T => {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return value;
    throw thrown;
  };

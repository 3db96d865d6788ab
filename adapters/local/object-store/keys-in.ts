import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOfPath, UNFINISHED } from './path-of-key.ts';

/** Keys of the files below a bucket's folder that start with the prefix, in the order of their UTF-8. Reads no folder in vain. */
export async function keysIn(root: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  async function walk(path: string): Promise<void> {
    for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
      if (entry.name.startsWith(UNFINISHED)) continue;
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      const key = keyOfPath(below);
      if (entry.isDirectory()) {
        if (key.startsWith(prefix) || prefix.startsWith(`${key}/`)) await walk(below);
      } else if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
    }
  }
  await walk('');
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

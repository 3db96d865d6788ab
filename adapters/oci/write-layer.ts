import { createWriteStream, type Stats } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { create, type ReadEntry } from 'tar';
import type { Digest } from '../../functions/ports/release.ts';
import { measuring } from './digest.ts';

/** What a layer is made of. */
interface LayerSource {
  readonly folder: string;
  /** Inside the folder, in the order wanted. */
  readonly paths: readonly string[];
  /** Where the files go in the image: `app`. */
  readonly under: string;
  readonly compression: 'gzip' | 'none';
}

/**
 * Writes a tar layer to `file` and gives the digest of the tar before compression. The same files give the same bytes:
 * times are 0, there are no owners, modes are 0644, 0755 or a link's, and each hard link is a file of its own.
 */
export async function writeLayer({ folder, paths, under, compression }: LayerSource, file: string): Promise<Digest> {
  const archive = create(
    {
      cwd: folder,
      prefix: under,
      portable: true,
      mtime: new Date(0),
      noDirRecurse: true,
      strict: true,
      filter: (_, stat) => normalised(stat),
    },
    // `./` because tar takes a leading `@` to name another archive
    ['.', ...paths.map((path) => `./${path}`)],
  );
  const plain = measuring();
  await pipeline(
    archive,
    plain.through,
    compression === 'gzip' ? createGzip() : new PassThrough(),
    createWriteStream(file),
  );
  return plain.measure().digest;
}

// tar asks whether to take an entry before it looks at the entry's mode and links, and here is the place to set them
function normalised(stat: Stats | ReadEntry): true {
  if (!('nlink' in stat && 'isFile' in stat)) return true;
  const executable = stat.isDirectory() || (stat.mode & 0o111) !== 0;
  stat.mode = (stat.mode & ~0o7777) | (executable ? 0o755 : 0o644);
  stat.nlink = 1;
  return true;
}

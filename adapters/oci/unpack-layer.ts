import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, list, type ReadEntry } from 'tar';
import { StepFailure } from '../../functions/step-failure.ts';
import { measuring } from './digest.ts';
import { mediaTypes } from './image-format.ts';
import { linkProblem } from './link-rule.ts';
import type { Layer } from './open-image.ts';

const whiteout = '.wh.';
const clearsFolder = '.wh..wh..opq';
const unpackedLimit = 8 * 1024 ** 3;

/** Of a tar without entries, which builders make for steps that change no file and `tar` takes for a broken one. */
const emptyTar = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

/**
 * Lays one layer over what is in `root`. The whole layer is read and judged before anything is written; whiteouts
 * take away what lower layers put there. (image-spec v1.1, layer.md)
 * @throws StepFailure `Pointsman.BadImage` naming the layer and the entry
 */
export async function unpackLayer(blob: string, layer: Layer, root: string): Promise<void> {
  if (layer.diffId === emptyTar) return;
  const whiteouts = await inspect(blob, layer);
  for (const path of whiteouts) await takeAway(root, path);
  const unpack = extract({
    cwd: root,
    strict: true, // what tar would skip with a warning is an error
    preserveOwner: false,
    noMtime: true,
    filter: (path, entry) => {
      // no set-user bits, and folders that their owner can remove again
      if ('mode' in entry)
        entry.mode = ((entry.mode ?? 0o644) & 0o777) | ('type' in entry && entry.type === 'Directory' ? 0o700 : 0);
      return !basename(path).startsWith(whiteout);
    },
  });
  await pipeline(createReadStream(blob), decompressor(layer), unpack).catch(asBadImage(layer));
}

/** Reads a layer to its end without writing. Gives its whiteouts. */
async function inspect(blob: string, layer: Layer): Promise<readonly string[]> {
  const whiteouts: string[] = [];
  let problem: string | undefined;
  const parse = list({
    strict: true,
    onReadEntry: (entry) => {
      problem ??= entryProblem(entry);
      if (basename(entry.path).startsWith(whiteout)) whiteouts.push(entry.path);
    },
  });
  const plain = measuring(unpackedLimit);
  await pipeline(createReadStream(blob), decompressor(layer), plain.through, parse).catch(asBadImage(layer));
  const { digest } = plain.measure();
  if (digest !== layer.diffId) throw bad(layer, `unpacked, expected to have digest ${layer.diffId}, found ${digest}`);
  if (problem !== undefined) throw bad(layer, problem);
  return whiteouts;
}

function entryProblem({ path, type, linkpath = '' }: ReadEntry): string | undefined {
  if (leaves(path)) return `${path} lies outside the image`;
  switch (type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
    case 'Directory':
      return undefined;
    case 'Link':
      return leaves(linkpath) ? `${path} is a hard link out of the image, to ${linkpath}` : undefined;
    case 'SymbolicLink': {
      const found = linkProblem(path, linkpath);
      return found && `${path} ${found}`;
    }
    default:
      return `${path} is a ${type}, only files, folders and links are unpacked`;
  }
}

const leaves = (path: string) => path.startsWith('/') || path.split('/').includes('..');

async function takeAway(root: string, path: string): Promise<void> {
  const folder = join(root, dirname(path));
  const name = basename(path);
  if (name === clearsFolder) {
    const inside = await readdir(folder).catch(() => []);
    for (const entry of inside) await rm(join(folder, entry), { recursive: true, force: true });
    return;
  }
  const hidden = name.slice(whiteout.length);
  // `.wh..wh.` begins names that other tools keep for themselves
  if (hidden !== '' && hidden !== '.' && hidden !== '..' && !hidden.startsWith(whiteout))
    await rm(join(folder, hidden), { recursive: true, force: true });
}

function decompressor({ mediaType, digest }: Layer): Transform {
  switch (mediaType) {
    case mediaTypes.tarLayer:
      return new PassThrough();
    case mediaTypes.gzipLayer:
    case mediaTypes.dockerGzipLayer:
      return createGunzip();
    case mediaTypes.zstdLayer:
      return createZstdDecompress();
    default:
      throw new StepFailure(
        'Pointsman.BadImage',
        `layer ${digest} has media type ${mediaType}; tar, plain or compressed with gzip or zstd, can be unpacked`,
      );
  }
}

const asBadImage =
  (layer: Layer) =>
  (cause: Error): never => {
    throw bad(layer, cause.message, cause);
  };

const bad = ({ digest }: Layer, problem: string, cause?: Error) =>
  new StepFailure('Pointsman.BadImage', `layer ${digest}: ${problem}`, { cause });

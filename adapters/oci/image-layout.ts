import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../functions/ports/release.ts';
import { type Measure, measureBytes, measureFile } from './digest.ts';
import { exclusively } from './exclusively.ts';
import { type Descriptor, type Index, index, mediaTypes, readDocument } from './image-format.ts';
import { withTag } from './tags.ts';

/** Adds to a layout. What it wrote is on the disk when its promises resolve. */
interface LayoutWriter {
  addBytes(bytes: Uint8Array): Promise<Measure>;
  /** `write` fills the file it is given the path of. */
  addFile(write: (path: string) => Promise<void>): Promise<Measure>;
  /** Points `tag` to the image, as the newest push. */
  tag(tag: string, image: Descriptor): Promise<void>;
  /** Takes the images away that `keep` does not want, with their names; their blobs stay. Gives those that are left. */
  dropImages(keep: (image: Descriptor) => boolean): Promise<readonly Descriptor[]>;
}

/** Where a layout keeps the blob of this digest. */
export const blobPath = (layout: string, digest: Digest) => join(layout, 'blobs', ...digest.split(':'));

/**
 * A layout's index; undefined when there is no layout in the folder.
 * @throws StepFailure `Pointsman.BadImage` when it cannot be understood
 */
export async function readIndex(layout: string): Promise<Index | undefined> {
  const file = join(layout, 'index.json');
  const bytes = await readFile(file).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return undefined;
    throw thrown;
  });
  return bytes && readDocument(index, bytes, file);
}

/**
 * Changes the OCI image layout in a folder, made when missing; one writer at a time. Blobs come before what names
 * them and every file appears whole, so a crash leaves at most blobs that nobody names. (image-spec v1.1, image-layout.md)
 */
export async function changeLayout<T>(layout: string, work: (writer: LayoutWriter) => Promise<T>): Promise<T> {
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  return exclusively(join(layout, '.lock'), async () => {
    const incoming = join(layout, '.incoming');
    await rm(incoming, { recursive: true, force: true }); // whatever a writer that died left in it
    await mkdir(incoming);
    const newPath = () => join(incoming, randomUUID());
    const put = async (bytes: Uint8Array, target: string) => {
      const path = newPath();
      await writeFile(path, bytes);
      await place(path, target);
    };
    const putIndex = (manifests: readonly Descriptor[]) =>
      put(json({ schemaVersion: 2, mediaType: mediaTypes.indexes[0], manifests }), join(layout, 'index.json'));

    const before = await readIndex(layout);
    if (before === undefined) {
      await put(json({ imageLayoutVersion: '1.0.0' }), join(layout, 'oci-layout'));
      await putIndex([]);
    }
    return work({
      addBytes: async (bytes) => {
        const measure = measureBytes(bytes);
        await put(bytes, blobPath(layout, measure.digest));
        return measure;
      },
      addFile: async (write) => {
        const path = newPath();
        await write(path);
        const measure = await measureFile(path);
        await place(path, blobPath(layout, measure.digest));
        return measure;
      },
      async dropImages(keep) {
        const found = (await readIndex(layout))?.manifests ?? [];
        const kept = found.filter(keep);
        if (kept.length < found.length) await putIndex(kept);
        return kept;
      },
      tag: async (tag, image) => putIndex(withTag((await readIndex(layout))?.manifests ?? [], tag, image)),
    });
  });
}

/** The bytes of a JSON document, the same for the same value. */
export const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

async function place(path: string, target: string): Promise<void> {
  await sync(path);
  await rename(path, target);
  await sync(dirname(target)); // the new name, too, is to survive a power cut
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

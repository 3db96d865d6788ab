import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Digest } from '../../functions/ports/release.ts';
import { descriptor, type Descriptor, index, readDocument } from './image-format.ts';
import { blobPath, changeLayout, readIndex } from './image-layout.ts';
import { tagOf } from './tags.ts';

/**
 * Removes from a layout the images that have no tag and are not in `keep`, and every blob that no image left is made
 * of; gives the removed blobs' digests. Waits for a push that runs and lets the next one wait. After a crash at any point
 * the images that are left are whole. Nothing is removed from a layout of which an image cannot be read.
 * @throws StepFailure `Pointsman.BadImage` for that one
 */
export async function collectGarbage(layout: string, keep: ReadonlySet<Digest>): Promise<readonly Digest[]> {
  if ((await readIndex(layout)) === undefined) return [];
  return changeLayout(layout, async ({ dropImages }) => {
    const isKept = (image: Descriptor) => tagOf(image) !== undefined || keep.has(image.digest);
    const used = new Set<Digest>();
    for (const { digest } of (await readIndex(layout))?.manifests.filter(isKept) ?? [])
      await addParts(layout, digest, used);
    await dropImages(isKept); // names first: no name leads to a blob that is gone
    const removed = (await readdir(join(layout, 'blobs', 'sha256')))
      .map((name) => `sha256:${name}`)
      .filter((digest) => !used.has(digest));
    for (const digest of removed) await rm(blobPath(layout, digest));
    return removed;
  });
}

/** What an image's document names: of an index its platforms' manifests, of a manifest its configuration and layers. */
const parts = z.object({
  manifests: z.optional(index.shape.manifests),
  config: z.optional(descriptor),
  layers: z.optional(z.array(descriptor)),
});

async function addParts(layout: string, document: Digest, used: Set<Digest>): Promise<void> {
  used.add(document);
  const bytes = await readFile(blobPath(layout, document)).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined; // a layout need not have every platform's
    throw thrown;
  });
  if (bytes === undefined) return;
  const { manifests = [], config, layers = [] } = readDocument(parts, bytes, `image ${document}`);
  for (const { digest } of manifests) if (!used.has(digest)) await addParts(layout, digest, used);
  for (const { digest } of [...(config === undefined ? [] : [config]), ...layers]) used.add(digest);
}

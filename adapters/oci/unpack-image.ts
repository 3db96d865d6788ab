import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import type { Digest } from '../../functions/ports/release.ts';
import { blobPath } from './image-layout.ts';
import { type ImageConfig, openImage } from './open-image.ts';
import { unpackLayer } from './unpack-layer.ts';

/**
 * Unpacks an image of a layout into `folder`, which appears whole or not at all; one that is there already is taken to
 * be this image. Nothing is written outside it. Not forced to the disk: unpack again after a power cut.
 * @throws StepFailure `Pointsman.BadImage` for a wrong digest or size, or an entry that may not be unpacked
 */
export async function unpackImage(layout: string, digest: Digest, folder: string): Promise<ImageConfig> {
  const image = await openImage(layout, digest);
  if (await exists(folder)) return image.config;

  const partial = `${folder}.partial-${randomUUID()}`;
  await mkdir(partial, { recursive: true });
  try {
    for (const layer of image.layers) await unpackLayer(blobPath(layout, layer.digest), layer, partial);
    await rename(partial, folder);
  } catch (thrown) {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(folder))) throw thrown; // else somebody else unpacked it meanwhile
  }
  return image.config;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

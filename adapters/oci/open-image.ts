import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { Digest } from '../../functions/ports/release.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { digestPattern, type Measure, measureBytes, measureFile } from './digest.ts';
import { config, type Descriptor, index, manifest, readDocument } from './image-format.ts';
import { blobPath, readIndex } from './image-layout.ts';
import { machinePlatform } from './platform.ts';

/** How an image wants to be run. */
export interface ImageConfig {
  /** Entry point and arguments. */
  readonly command: readonly string[];
  /** Absolute inside the image. */
  readonly workingDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** One tar of the file system. */
export interface Layer extends Measure {
  readonly mediaType: string;
  /** Digest of the tar before compression. */
  readonly diffId: Digest;
}

/** An image whose every byte is what its digest says. */
interface OpenedImage {
  /** As asked for. */
  readonly digest: Digest;
  /** Of this platform's manifest; the same as `digest` unless that names an index for several platforms. */
  readonly manifest: Digest;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly Layer[];
}

/** Larger manifests and configurations are refused. (distribution-spec v1.1, "Pushing manifests") */
const documentLimit = 4 * 1024 * 1024;

/**
 * Reads an image of a layout and verifies digest and size of all it is made of, layers too.
 * Of an index for several platforms it takes the image for `platform`, default this machine's.
 * @throws StepFailure `Pointsman.BadImage` naming the blob, what was expected and what was found
 */
export async function openImage(layout: string, digest: Digest, platform = machinePlatform()): Promise<OpenedImage> {
  if (!digestPattern.test(digest))
    throw bad(`asked for ${JSON.stringify(digest)}, wanted sha256: and 64 hexadecimal digits`);
  const listed = (await readIndex(layout))?.manifests.find((entry) => entry.digest === digest);
  const top = await readBlob(layout, { digest, size: listed?.size }, 'image');
  const { manifests } = readDocument(anyImage, top, `image ${digest}`);

  const chosen = manifests === undefined ? { digest } : forPlatform(digest, manifests, platform);
  const bytes = manifests === undefined ? top : await readBlob(layout, chosen, `manifest of image ${digest}`);
  const image = readDocument(manifest, bytes, `manifest ${chosen.digest}`);

  const configBytes = await readBlob(layout, image.config, `configuration of image ${digest}`);
  const settings = readDocument(config, configBytes, `configuration ${image.config.digest}`);
  const diffIds = settings.rootfs.diff_ids;
  if (diffIds.length !== image.layers.length)
    throw bad(`image ${digest} has ${image.layers.length} layers, its configuration names ${diffIds.length}`);

  const layers: Layer[] = [];
  for (const [at, diffId] of diffIds.entries()) {
    const layer = image.layers[at];
    if (layer === undefined) throw new Error('as many layers as diff ids were counted');
    const name = `layer ${at + 1} of ${diffIds.length} of image ${digest}`;
    const found = await measureFile(blobPath(layout, layer.digest)).catch(notThere(name, layer.digest));
    verify(name, layer, found);
    layers.push({ ...found, mediaType: layer.mediaType, diffId });
  }
  return { digest, manifest: chosen.digest, config: wanted(settings.config ?? {}), layers };
}

const anyImage = z.object({ manifests: z.optional(index.shape.manifests) });

function forPlatform(
  digest: Digest,
  manifests: readonly Descriptor[],
  { os, architecture }: ReturnType<typeof machinePlatform>,
) {
  const found = manifests.find((m) => m.platform?.os === os && m.platform.architecture === architecture);
  if (found !== undefined) return found;
  const there = manifests.map((m) =>
    m.platform ? `${m.platform.os}/${m.platform.architecture}` : 'no platform named',
  );
  throw bad(`image ${digest} is for ${there.join(', ') || 'no platform'}; this machine is ${os}/${architecture}`);
}

interface Expected {
  readonly digest: Digest;
  readonly size?: number | undefined;
}

async function readBlob(layout: string, expected: Expected, name: string): Promise<Uint8Array> {
  const path = blobPath(layout, expected.digest);
  const { size } = await stat(path).catch(notThere(name, expected.digest));
  if (size > documentLimit)
    throw bad(`${name}: blob ${expected.digest} has ${size} bytes, at most ${documentLimit} are read`);
  const bytes = await readFile(path);
  verify(name, expected, measureBytes(bytes));
  return bytes;
}

function verify(name: string, expected: Expected, found: Measure): void {
  if (found.digest !== expected.digest)
    throw bad(`${name}: blob expected to have digest ${expected.digest}, found ${found.digest}; push the image again`);
  if (expected.size !== undefined && found.size !== expected.size)
    throw bad(`${name}: blob ${expected.digest} expected to have ${expected.size} bytes, found ${found.size}`);
}

const notThere =
  (name: string, digest: Digest) =>
  (thrown: NodeJS.ErrnoException): never => {
    if (thrown.code !== 'ENOENT' && thrown.code !== 'ENOTDIR') throw thrown;
    throw bad(`${name}: blob expected to have digest ${digest}, found no such blob; push the image again`);
  };

function wanted(settings: NonNullable<z.infer<typeof config>['config']>): ImageConfig {
  const env = (settings.Env ?? []).map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return {
    command: [...(settings.Entrypoint ?? []), ...(settings.Cmd ?? [])],
    workingDir: settings.WorkingDir || '/',
    env: Object.fromEntries(env),
    labels: settings.Labels ?? {},
  };
}

const bad = (message: string) => new StepFailure('Pointsman.BadImage', message);

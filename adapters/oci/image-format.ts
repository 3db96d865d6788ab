import * as z from 'zod/mini';
import { StepFailure } from '../../functions/step-failure.ts';
import { digestPattern } from './digest.ts';
import { firstProblem } from './first-problem.ts';

/** Media types of the OCI image format and of its Docker predecessor. (image-spec v1.1, media-types.md) */
export const mediaTypes = {
  manifests: [
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ] as const,
  indexes: [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ] as const,
  config: 'application/vnd.oci.image.config.v1+json',
  tarLayer: 'application/vnd.oci.image.layer.v1.tar',
  gzipLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerGzipLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export const digest = z.string().check(z.regex(digestPattern, 'sha256: and 64 hexadecimal digits'));

const texts = z.record(z.string(), z.string());

/** Points to a blob. (image-spec v1.1, descriptor.md) */
export const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.int().check(z.nonnegative('a size of 0 or more')),
  annotations: z.optional(texts),
  platform: z.optional(z.object({ os: z.string(), architecture: z.string() })),
});
export type Descriptor = z.infer<typeof descriptor>;

/** `index.json` of a layout, and the index of an image for several platforms. (image-spec v1.1, image-index.md) */
export const index = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.optional(z.string()),
  manifests: z.array(descriptor),
});
export type Index = z.infer<typeof index>;

/** One platform's image. (image-spec v1.1, manifest.md) */
export const manifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.optional(z.string()),
  config: descriptor,
  layers: z.array(descriptor),
});

const listOrNull = z.nullish(z.array(z.string()));

/** What an image wants to run. (image-spec v1.1, config.md) */
export const config = z.object({
  config: z.optional(
    z.object({
      Entrypoint: listOrNull,
      Cmd: listOrNull,
      WorkingDir: z.nullish(z.string()),
      Env: listOrNull,
      Labels: z.nullish(texts),
    }),
  ),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(digest) }),
});

/**
 * A document of the image format out of its bytes.
 * @throws StepFailure `Pointsman.BadImage` saying what in `name` is wrong
 */
export function readDocument<Schema extends z.ZodMiniType>(
  schema: Schema,
  bytes: Uint8Array,
  name: string,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new StepFailure('Pointsman.BadImage', `${name} is not JSON; push the image again`, { cause });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new StepFailure('Pointsman.BadImage', `${name}: ${firstProblem(read.error, value)}`);
}

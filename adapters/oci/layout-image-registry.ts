import { readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { ImageRegistry } from '../../functions/ports/image-registry.ts';
import type { Digest } from '../../functions/ports/release.ts';
import type { Descriptor } from './image-format.ts';
import { readIndex } from './image-layout.ts';
import { isRepository, layoutFolder } from './image-name.ts';
import { tagOf } from './tags.ts';

/** What a tag points to. */
export interface Tag {
  readonly tag: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Of the manifest, in bytes. */
  readonly size: number;
}

/** A registry whose tags can be listed. */
export interface LayoutImageRegistry extends ImageRegistry {
  /** In the order they were pushed, the newest last; empty for a repository nobody pushed to. */
  tags(repository: string): Promise<readonly Tag[]>;
  /** Every repository that was pushed to. */
  repositories(): Promise<readonly string[]>;
}

/** The embedded registry: an OCI image layout for each repository, in `<registryFolder>/<repository>/`. */
export function layoutImageRegistry(registryFolder: string): LayoutImageRegistry {
  const entries = async (repository: string): Promise<readonly Descriptor[]> => {
    if (!isRepository(repository)) return []; // no such name, so no such image
    return (await readIndex(layoutFolder(registryFolder, repository)))?.manifests ?? [];
  };
  return {
    resolve: async (repository, reference) =>
      (await entries(repository)).find((entry) => entry.digest === reference || tagOf(entry) === reference)?.digest,
    async repositories() {
      const found = await readdir(registryFolder, { recursive: true, withFileTypes: true }).catch(() => []);
      return found
        .filter((entry) => entry.isFile() && entry.name === 'oci-layout')
        .map(({ parentPath }) => relative(registryFolder, parentPath).split(sep).join('/'))
        .filter(isRepository);
    },
    tags: async (repository) =>
      (await entries(repository)).flatMap((entry) => {
        const tag = tagOf(entry);
        return tag === undefined ? [] : [{ tag, digest: entry.digest, mediaType: entry.mediaType, size: entry.size }];
      }),
  };
}

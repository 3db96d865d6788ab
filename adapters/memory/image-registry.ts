import type { ImageRegistry } from '../../functions/ports/image-registry.ts';

/** A registry without images: a test says what a tag points to. */
interface MemoryImageRegistry extends ImageRegistry {
  /** From now on `repository:tag` points to `digest`. */
  push(repository: string, tag: string, digest: string): void;
}

/** The test double of `ImageRegistry`. */
export function memoryImageRegistry(): MemoryImageRegistry {
  const tags = new Map<string, string>();
  const digests = new Set<string>();

  return {
    async resolve(repository, reference) {
      if (digests.has(`${repository}@${reference}`)) return reference;
      return tags.get(`${repository}:${reference}`);
    },
    push(repository, tag, digest) {
      tags.set(`${repository}:${tag}`, digest);
      digests.add(`${repository}@${digest}`);
    },
  };
}

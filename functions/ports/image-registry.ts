import type { Digest } from './release.ts';

/** Answers what a tag points to now. A webhook is a hint; this is the truth. */
export interface ImageRegistry {
  /** Digest of `repository:tag` or of `repository@sha256:…`; undefined when there is no such image. */
  resolve(repository: string, reference: string): Promise<Digest | undefined>;
}

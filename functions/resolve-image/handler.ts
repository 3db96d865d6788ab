import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Digest } from '../ports/release.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  repository: text,
  /** A tag, or a digest. */
  reference: text,
});

export type ResolveImageInput = z.output<typeof input>;

export interface ResolveImageOutput {
  /** `repository:tag`, or `repository@digest`. */
  readonly image: string;
  readonly release: Digest;
}

/**
 * Asks the registry what a tag points to now. Only the answer is deployed, never what an event said.
 * @throws StepFailure `Pointsman.ImageNotFound`
 */
export const resolveImage: StepFunction<ResolveImageInput, ResolveImageOutput, Pick<Ports, 'images'>> = {
  name: 'resolve-image',
  read: reader('resolve-image', input),
  async run({ repository, reference }, { images }) {
    const image = `${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
    const release = await images.resolve(repository, reference);
    if (release === undefined)
      throw new StepFailure(
        'Pointsman.ImageNotFound',
        `the registry has no image ${image}; push it, or name another tag`,
      );
    return { image, release };
  },
};

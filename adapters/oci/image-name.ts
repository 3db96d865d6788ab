import { join } from 'node:path';
import { StepFailure } from '../../functions/step-failure.ts';

/** `shop:v2`, taken apart. */
interface ImageName {
  readonly repository: string;
  readonly tag: string;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** Whether this can name a repository. (distribution-spec v1.1, "Pulling manifests") */
export const isRepository = (text: string): boolean => text.length <= 255 && repositoryPattern.test(text);

/** Whether this can be a tag. (distribution-spec v1.1, "Pulling manifests") */
export const isTag = (text: string): boolean => tagPattern.test(text);

/** @throws StepFailure `Pointsman.BadInput` when the text is not `repository:tag` */
export function readImageName(text: string): ImageName {
  const at = text.lastIndexOf(':');
  const [repository, tag] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (at >= 0 && isRepository(repository) && isTag(tag)) return { repository, tag };
  throw new StepFailure(
    'Pointsman.BadInput',
    `image: found ${JSON.stringify(text)}; wanted repository:tag, like shop:v2 (lower-case repository, tag of letters, digits, _ . -)`,
  );
}

/**
 * The folder of a repository's image layout inside a registry folder.
 * @throws StepFailure `Pointsman.BadInput` for a name no repository can have, so no name leads out of the registry
 */
export function layoutFolder(registryFolder: string, repository: string): string {
  if (isRepository(repository)) return join(registryFolder, repository);
  throw new StepFailure(
    'Pointsman.BadInput',
    `repository: found ${JSON.stringify(repository)}; wanted lower-case letters, digits and single . _ - between them`,
  );
}

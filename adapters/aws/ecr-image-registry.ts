import type { JsonObject } from '../../engine/data/json.ts';
import type { ImageRegistry } from '../../functions/ports/image-registry.ts';
import { type AwsJson, textIn } from './aws-json.ts';
import { AwsRefusal } from './aws-refusal.ts';

const ABSENT = ['ImageNotFoundException', 'RepositoryNotFoundException'];

/** The account's own registry. (Amazon ECR API, "DescribeImages") */
export const ecrImageRegistry = (ecr: AwsJson): ImageRegistry => ({
  async resolve(repository, reference) {
    const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
    const answer = await ecr('DescribeImages', { repositoryName: repository, imageIds: [imageId] }).catch(
      (thrown: unknown) => {
        if (thrown instanceof AwsRefusal && ABSENT.includes(thrown.name)) return undefined;
        throw thrown;
      },
    );
    const [image] = (answer?.['imageDetails'] ?? []) as readonly JsonObject[];
    return image === undefined ? undefined : textIn(image, 'imageDigest');
  },
});

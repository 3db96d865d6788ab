import type { Ports } from '../../../../functions/ports/ports.ts';
import { ecrImageRegistry } from '../../ecr-image-registry.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const images = (host: LambdaHost): Ports['images'] => ecrImageRegistry(host.aws('ecr'));

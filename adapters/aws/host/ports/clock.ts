import type { Ports } from '../../../../functions/ports/ports.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const clock = (host: LambdaHost): Ports['clock'] => host.clock;

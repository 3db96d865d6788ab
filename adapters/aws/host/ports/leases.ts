import type { Ports } from '../../../../functions/ports/ports.ts';
import { dynamoLeases } from '../../dynamodb/index.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const leases = (host: LambdaHost): Ports['leases'] => dynamoLeases(host.table(), host.clock);

import type { Ports } from '../../../../functions/ports/ports.ts';
import { dynamoRecoveryRuns } from '../../dynamodb/index.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const runs = (host: LambdaHost): Ports['runs'] => dynamoRecoveryRuns(host.table());

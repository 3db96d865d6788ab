import type { Ports } from '../../../../functions/ports/ports.ts';
import { dynamoReleaseLedger } from '../../dynamodb/index.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const ledger = (host: LambdaHost): Ports['ledger'] => dynamoReleaseLedger(host.table());

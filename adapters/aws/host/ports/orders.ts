import type { Ports } from '../../../../functions/ports/ports.ts';
import { dynamoRunOrders } from '../../dynamodb/index.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const orders = (host: LambdaHost): Ports['orders'] => dynamoRunOrders(host.table());

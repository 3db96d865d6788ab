import type { Ports } from '../../../../functions/ports/ports.ts';
import { dynamoBackupCatalog } from '../../dynamodb/index.ts';
import type { LambdaHost } from '../lambda-host.ts';

export const catalog = (host: LambdaHost): Ports['catalog'] => dynamoBackupCatalog(host.table());

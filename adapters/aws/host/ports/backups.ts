import type { Ports } from '../../../../functions/ports/ports.ts';
import { backupsByGroup } from '../../../by-group.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { groups } from './groups.ts';

export const backups = async (host: LambdaHost): Promise<Ports['backups']> => backupsByGroup(await groups(host));

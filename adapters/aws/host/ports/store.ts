import type { Ports } from '../../../../functions/ports/ports.ts';
import { storesByGroup } from '../../../by-group.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { groups } from './groups.ts';

export const store = async (host: LambdaHost): Promise<Ports['store']> => storesByGroup(await groups(host));

import type { GroupAdapters } from '../../../by-group.ts';
import { rdsGroup } from '../../rds/index.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { hostConfiguration } from '../parameters.ts';
import { groupData } from './group-data.ts';

/** The adapters of every configured group, the same for `store` and `backups`. */
export const groups = (host: LambdaHost): Promise<ReadonlyMap<string, GroupAdapters>> =>
  host.once('groups', async () => {
    const configured = Object.entries((await hostConfiguration(host)).groups);
    return new Map(
      configured.map(([name, { store, access }]) => [
        name,
        rdsGroup(name, store, host.clock, access && groupData(host, access)),
      ]),
    );
  });

import type { DataAccess } from '../../rds/index.ts';
import type { GroupSettings } from '../packaging/host-configuration.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { ssmSecret } from '../parameters.ts';

/** Sessions with a group's PostgreSQL, loaded when the first is asked for: most groups have none, and most calls need none. */
export function groupData(host: LambdaHost, { password, ...rest }: NonNullable<GroupSettings['access']>): DataAccess {
  const secret = ssmSecret(host, password);
  const open = () => host.once('data', async () => (await import('../postgres-data-access.ts')).postgresDataAccess);
  const access = async () => (await open())({ ...rest, password: secret });
  return {
    end: async (address) => (await access()).end(address),
    probe: async (address, epoch) => (await access()).probe(address, epoch),
    contents: async (address) => (await access()).contents(address),
  };
}

import {
  CreateDBClusterCommand,
  CreateGlobalClusterCommand,
  DeleteGlobalClusterCommand,
  DescribeGlobalClustersCommand,
  RemoveFromGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import type { Database } from './database.ts';
import { absent, asFailure, isFault } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import { asTags } from './marks.ts';
import { named, type RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';

/** An Aurora global database as the platform shows it. */
export interface GlobalCluster {
  readonly identifier: string;
  readonly resourceId: string;
  readonly status: string;
  /** `pending`, `switching-over`, `failing-over`, `cancelling`; undefined while nothing goes on. */
  readonly failover: string | undefined;
  readonly members: readonly {
    readonly arn: string;
    readonly isWriter: boolean;
    readonly isConnected: boolean;
  }[];
}

export const globalIdentifier = (context: RdsContext, name: string, group: GroupName): string =>
  group === context.group ? name : identifierOf(name, group.slice(context.group.length));

/** From the first region that answers; it can be asked in each. `silent` when none does. */
export async function findGlobal(
  { regions }: RdsContext,
  GlobalClusterIdentifier: string,
  from: readonly string[],
): Promise<GlobalCluster | 'silent' | undefined> {
  for (const region of from)
    try {
      const asked = regions.read(region).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier }));
      const [found] = (await asked.catch(absent('GlobalClusterNotFound')))?.GlobalClusters ?? [];
      return (
        found && {
          identifier: found.GlobalClusterIdentifier ?? '',
          resourceId: found.GlobalClusterResourceId ?? '',
          status: found.Status ?? '',
          failover: found.FailoverState?.Status,
          members: (found.GlobalClusterMembers ?? []).map(({ DBClusterArn, IsWriter, SynchronizationStatus }) => ({
            arn: DBClusterArn ?? '',
            isWriter: IsWriter ?? false,
            isConnected: SynchronizationStatus !== 'pending-resync',
          })),
        }
      );
    } catch (thrown) {
      const failure = asFailure(thrown, `${GlobalClusterIdentifier}: look`, 'look');
      if (failure.name === 'Pointsman.AccessDenied') throw failure;
    }
  return 'silent';
}

/** Makes a cluster the first of a global database. */
export async function createGlobal({ regions }: RdsContext, identifier: string, first: Database): Promise<void> {
  const command = new CreateGlobalClusterCommand({
    GlobalClusterIdentifier: identifier,
    SourceDBClusterIdentifier: first.arn,
  });
  const asked = regions.in(first.region).send(command);
  await named(`${identifier}: make it`, asked.catch(absent('GlobalClusterAlreadyExists')));
}

/** Makes a secondary cluster without instances: those come when it is completed. */
export async function addSecondary(
  { regions }: RdsContext,
  global: string,
  like: Database,
  site: RdsSite,
  groups: readonly string[],
  marks: Readonly<Record<string, string>>,
): Promise<void> {
  const command = new CreateDBClusterCommand({
    DBClusterIdentifier: site.identifier,
    GlobalClusterIdentifier: global,
    Engine: like.settings.engine,
    EngineVersion: like.settings.version,
    VpcSecurityGroupIds: [...groups],
    Tags: asTags(marks),
    ...(site.subnetGroup !== undefined && { DBSubnetGroupName: site.subnetGroup }),
    ...(site.parameterGroup !== undefined && { DBClusterParameterGroupName: site.parameterGroup }),
    ...(like.settings.encrypted === 'true' && { StorageEncrypted: true }),
    ...(like.settings.encrypted === 'true' && site.kmsKey !== undefined && { KmsKeyId: site.kmsKey }),
  });
  const asked = regions.in(site.region).send(command);
  await named(`${site.identifier}: add it to ${global}`, asked.catch(absent('DBClusterAlreadyExists')));
}

export async function leaveGlobal({ regions }: RdsContext, global: string, { arn, region }: Database): Promise<void> {
  const command = new RemoveFromGlobalClusterCommand({ GlobalClusterIdentifier: global, DbClusterIdentifier: arn });
  await named(`${arn}: leave ${global}`, regions.in(region).send(command).catch(absent('DBClusterNotFound')));
}

export async function deleteGlobal({ regions }: RdsContext, global: string, region: string): Promise<void> {
  const asked = regions.in(region).send(new DeleteGlobalClusterCommand({ GlobalClusterIdentifier: global }));
  await named(
    `${global}: delete it`,
    asked.catch((thrown: unknown) => {
      if (!isFault(thrown, 'GlobalClusterNotFound')) throw thrown;
    }),
  );
}

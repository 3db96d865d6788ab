import {
  CopyDBClusterSnapshotCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  type DBCluster,
  type DBClusterSnapshot,
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  paginateDescribeDBClusterSnapshots,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBClusterToPointInTimeCommand,
  StartDBClusterCommand,
  StopDBClusterCommand,
} from '@aws-sdk/client-rds';
import type { Database, DatabaseApi, Snapshot } from './database.ts';
import { absent, isFault } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import { asTags, readMarks } from './marks.ts';
import type { RdsRegions } from './rds-regions.ts';
import type { RdsSite } from './rds-settings.ts';

/** Aurora clusters as databases. `instanceClass` is that of the instances made in restored ones. */
export function clusters(regions: RdsRegions, instanceClass: string): DatabaseApi {
  return {
    kind: 'cluster',

    async find(region, DBClusterIdentifier) {
      const asked = regions.read(region).send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
      const [found] = (await asked.catch(absent('DBClusterNotFound')))?.DBClusters ?? [];
      return found && databaseOf(found, region);
    },

    async setGroups({ identifier, region }, groups) {
      const change = { DBClusterIdentifier: identifier, VpcSecurityGroupIds: [...groups], ApplyImmediately: true };
      await regions.in(region).send(new ModifyDBClusterCommand(change));
    },

    async rename({ identifier, region }, NewDBClusterIdentifier) {
      const change = { DBClusterIdentifier: identifier, NewDBClusterIdentifier, ApplyImmediately: true };
      await regions.in(region).send(new ModifyDBClusterCommand(change));
    },

    async stop({ identifier, region }) {
      await regions.in(region).send(new StopDBClusterCommand({ DBClusterIdentifier: identifier }));
    },

    async start({ identifier, region }) {
      await regions.in(region).send(new StartDBClusterCommand({ DBClusterIdentifier: identifier }));
    },

    async remove({ identifier, region, instances }) {
      for (const DBInstanceIdentifier of instances)
        await regions
          .in(region)
          .send(new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true }))
          .catch((thrown: unknown) => {
            if (!isFault(thrown, 'DBInstanceNotFound', 'InvalidDBInstanceState')) throw thrown; // it is being deleted
          });
      const command = new DeleteDBClusterCommand({ DBClusterIdentifier: identifier, SkipFinalSnapshot: true });
      await regions.in(region).send(command).catch(absent('DBClusterNotFound'));
    },

    async snapshot({ identifier, region }, DBClusterSnapshotIdentifier, marks) {
      const order = { DBClusterIdentifier: identifier, DBClusterSnapshotIdentifier, Tags: asTags(marks) };
      await regions.in(region).send(new CreateDBClusterSnapshotCommand(order));
    },

    async copySnapshot({ arn, kmsKey }, fromRegion, to, TargetDBClusterSnapshotIdentifier, marks) {
      const command = new CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: arn,
        TargetDBClusterSnapshotIdentifier,
        Tags: asTags(marks),
        ...(kmsKey !== undefined && to.kmsKey !== undefined && { KmsKeyId: to.kmsKey }),
        ...(fromRegion !== to.region && { SourceRegion: fromRegion }),
      });
      await regions.in(to.region).send(command);
    },

    async findSnapshot(region, DBClusterSnapshotIdentifier) {
      const asked = regions.read(region).send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }));
      const [found] = (await asked.catch(absent('DBClusterSnapshotNotFound')))?.DBClusterSnapshots ?? [];
      return found && snapshotOf(found);
    },

    async snapshots(region) {
      const found: Snapshot[] = [];
      const pages = paginateDescribeDBClusterSnapshots({ client: regions.read(region) }, { SnapshotType: 'manual' });
      for await (const { DBClusterSnapshots = [] } of pages) found.push(...DBClusterSnapshots.map(snapshotOf));
      return found;
    },

    async removeSnapshot(region, DBClusterSnapshotIdentifier) {
      const command = new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier });
      await regions.in(region).send(command).catch(absent('DBClusterSnapshotNotFound'));
    },

    async restore({ identifier, engine: Engine }, site, DBClusterIdentifier, marks) {
      const order = { SnapshotIdentifier: identifier, Engine, DBClusterIdentifier, ...scratchOf(site, marks) };
      await regions.in(site.region).send(new RestoreDBClusterFromSnapshotCommand(order));
    },

    async restoreTo(at, { arn }, site, DBClusterIdentifier, marks) {
      const source = { SourceDBClusterIdentifier: arn, RestoreToTime: new Date(at) };
      const order = { ...source, DBClusterIdentifier, ...scratchOf(site, marks) };
      await regions.in(site.region).send(new RestoreDBClusterToPointInTimeCommand(order));
    },

    async complete({ identifier, region, status, instances, settings, marks }) {
      if (status !== 'available') return false;
      const [first] = instances;
      if (first !== undefined) return (await instanceStatus(region, first)) === 'available';
      // The platform makes the cluster only: storage without anything that answers.
      const command = new CreateDBInstanceCommand({
        DBInstanceIdentifier: identifierOf(identifier.replace(/^pm-/, ''), '1'),
        DBClusterIdentifier: identifier,
        Engine: settings.engine,
        DBInstanceClass: instanceClass,
        PubliclyAccessible: false,
        Tags: asTags(Object.fromEntries(marks)),
      });
      await regions.in(region).send(command).catch(absent('DBInstanceAlreadyExists'));
      return false;
    },
  };

  async function instanceStatus(region: string, DBInstanceIdentifier: string): Promise<string | undefined> {
    const asked = regions.read(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
    return (await asked.catch(absent('DBInstanceNotFound')))?.DBInstances?.[0]?.DBInstanceStatus;
  }
}

const scratchOf = (site: RdsSite, marks: Readonly<Record<string, string>>) => ({
  VpcSecurityGroupIds: [...site.scratchGroups],
  CopyTagsToSnapshot: false,
  Tags: asTags(marks),
  ...(site.subnetGroup !== undefined && { DBSubnetGroupName: site.subnetGroup }),
  ...(site.parameterGroup !== undefined && { DBClusterParameterGroupName: site.parameterGroup }),
});

/** What it replicates and whether changes arrive is the global cluster's to tell. */
function databaseOf(found: DBCluster, region: string): Database {
  const [from, to] = [found.EarliestRestorableTime?.getTime(), found.LatestRestorableTime?.getTime()];
  return {
    identifier: found.DBClusterIdentifier ?? '',
    arn: found.DBClusterArn ?? '',
    region,
    resourceId: found.DbClusterResourceId ?? '',
    status: found.Status ?? '',
    address: found.Endpoint === undefined ? undefined : `${found.Endpoint}:${found.Port ?? 0}`,
    marks: readMarks(found.TagList),
    groups: (found.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id = '', Status }) => ({
      id,
      isActive: Status === 'active',
    })),
    source: found.ReplicationSourceIdentifier || undefined,
    stream: 'none',
    hasReplicas: false,
    instances: (found.DBClusterMembers ?? []).map(({ DBInstanceIdentifier = '' }) => DBInstanceIdentifier),
    window: from === undefined || to === undefined ? undefined : { from, to },
    settings: {
      engine: found.Engine ?? '',
      version: found.EngineVersion ?? '',
      storage: found.StorageType ?? '',
      encrypted: String(found.StorageEncrypted ?? false),
    },
    warnings: found.DBClusterMembers?.length === 0 ? ['it has no instance that could answer'] : [],
  };
}

function snapshotOf(found: DBClusterSnapshot): Snapshot {
  return {
    identifier: found.DBClusterSnapshotIdentifier ?? '',
    arn: found.DBClusterSnapshotArn ?? '',
    status: found.Status ?? '',
    percent: found.PercentProgress ?? 0,
    at: found.SnapshotCreateTime?.getTime() ?? 0,
    bytes: (found.AllocatedStorage ?? 0) * 2 ** 30,
    kmsKey: found.StorageEncrypted === true ? found.KmsKeyId : undefined,
    resourceId: found.DbClusterResourceId,
    engine: found.Engine ?? '',
    marks: readMarks(found.TagList),
  };
}

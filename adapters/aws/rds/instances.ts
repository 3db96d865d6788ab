import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  type DBSnapshot,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBSnapshots,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { Database, DatabaseApi, Snapshot } from './database.ts';
import { absent } from './faults.ts';
import { asTags, readMarks } from './marks.ts';
import type { RdsRegions } from './rds-regions.ts';
import type { RdsSite } from './rds-settings.ts';

/** DB instances as databases. */
export function instances(regions: RdsRegions): DatabaseApi {
  return {
    kind: 'instance',

    async find(region, DBInstanceIdentifier) {
      const asked = regions.read(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      const [found] = (await asked.catch(absent('DBInstanceNotFound')))?.DBInstances ?? [];
      if (found === undefined) return undefined;
      const from = await earliest(region, found);
      return databaseOf(found, region, from);
    },

    async setGroups({ identifier, region }, groups) {
      const change = { DBInstanceIdentifier: identifier, VpcSecurityGroupIds: [...groups], ApplyImmediately: true };
      await regions.in(region).send(new ModifyDBInstanceCommand(change));
    },

    async rename({ identifier, region }, NewDBInstanceIdentifier) {
      const change = { DBInstanceIdentifier: identifier, NewDBInstanceIdentifier, ApplyImmediately: true };
      await regions.in(region).send(new ModifyDBInstanceCommand(change));
    },

    async stop({ identifier, region }) {
      await regions.in(region).send(new StopDBInstanceCommand({ DBInstanceIdentifier: identifier }));
    },

    async start({ identifier, region }) {
      await regions.in(region).send(new StartDBInstanceCommand({ DBInstanceIdentifier: identifier }));
    },

    async remove({ identifier, region }) {
      const command = new DeleteDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      });
      await regions.in(region).send(command).catch(absent('DBInstanceNotFound'));
    },

    async snapshot({ identifier, region }, DBSnapshotIdentifier, marks) {
      const order = { DBInstanceIdentifier: identifier, DBSnapshotIdentifier, Tags: asTags(marks) };
      await regions.in(region).send(new CreateDBSnapshotCommand(order));
    },

    async copySnapshot({ arn, kmsKey }, fromRegion, to, TargetDBSnapshotIdentifier, marks) {
      const command = new CopyDBSnapshotCommand({
        SourceDBSnapshotIdentifier: arn,
        TargetDBSnapshotIdentifier,
        Tags: asTags(marks),
        ...(kmsKey !== undefined && to.kmsKey !== undefined && { KmsKeyId: to.kmsKey }),
        ...(fromRegion !== to.region && { SourceRegion: fromRegion }),
      });
      await regions.in(to.region).send(command);
    },

    async findSnapshot(region, DBSnapshotIdentifier) {
      const asked = regions.read(region).send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
      const [found] = (await asked.catch(absent('DBSnapshotNotFound')))?.DBSnapshots ?? [];
      return found && snapshotOf(found);
    },

    async snapshots(region) {
      const found: Snapshot[] = [];
      const pages = paginateDescribeDBSnapshots({ client: regions.read(region) }, { SnapshotType: 'manual' });
      for await (const { DBSnapshots = [] } of pages) found.push(...DBSnapshots.map(snapshotOf));
      return found;
    },

    async removeSnapshot(region, DBSnapshotIdentifier) {
      const command = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier });
      await regions.in(region).send(command).catch(absent('DBSnapshotNotFound'));
    },

    async restore({ identifier }, site, DBInstanceIdentifier, marks) {
      const order = { DBSnapshotIdentifier: identifier, DBInstanceIdentifier, ...scratchOf(site, marks) };
      await regions.in(site.region).send(new RestoreDBInstanceFromDBSnapshotCommand(order));
    },

    async restoreTo(at, { resourceId }, site, TargetDBInstanceIdentifier, marks) {
      // By resource id: an identifier may have gone to another instance since.
      const source = { SourceDbiResourceId: resourceId, RestoreTime: new Date(at) };
      const order = { ...source, TargetDBInstanceIdentifier, ...scratchOf(site, marks) };
      await regions.in(site.region).send(new RestoreDBInstanceToPointInTimeCommand(order));
    },

    complete: async ({ status }) => status === 'available',
  };

  async function earliest(region: string, { DbiResourceId, LatestRestorableTime }: DBInstance): Promise<number> {
    if (LatestRestorableTime === undefined) return 0;
    const asked = regions.read(region).send(new DescribeDBInstanceAutomatedBackupsCommand({ DbiResourceId }));
    const [kept] = (await asked.catch(() => undefined))?.DBInstanceAutomatedBackups ?? [];
    return kept?.RestoreWindow?.EarliestTime?.getTime() ?? LatestRestorableTime.getTime();
  }
}

/** A restore comes up with the default security and parameter group unless told otherwise. */
const scratchOf = (site: RdsSite, marks: Readonly<Record<string, string>>) => ({
  VpcSecurityGroupIds: [...site.scratchGroups],
  PubliclyAccessible: false,
  MultiAZ: false,
  CopyTagsToSnapshot: false,
  Tags: asTags(marks),
  ...(site.subnetGroup !== undefined && { DBSubnetGroupName: site.subnetGroup }),
  ...(site.parameterGroup !== undefined && { DBParameterGroupName: site.parameterGroup }),
});

function databaseOf(found: DBInstance, region: string, from: number): Database {
  const { DBInstanceIdentifier = '', DBInstanceStatus = '', Endpoint, StatusInfos = [] } = found;
  const { ReadReplicaSourceDBInstanceIdentifier: source, ReadReplicaDBInstanceIdentifiers: replicas = [] } = found;
  const replication = StatusInfos.find(({ StatusType }) => StatusType === 'read replication');
  const latest = found.LatestRestorableTime?.getTime();
  return {
    identifier: DBInstanceIdentifier,
    arn: found.DBInstanceArn ?? '',
    region,
    resourceId: found.DbiResourceId ?? '',
    status: DBInstanceStatus,
    address: Endpoint?.Address === undefined ? undefined : `${Endpoint.Address}:${Endpoint.Port ?? 0}`,
    marks: readMarks(found.TagList),
    groups: (found.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id = '', Status }) => ({
      id,
      isActive: Status === 'active',
    })),
    source,
    stream: source === undefined ? 'none' : replication?.Status === 'replicating' ? 'flowing' : 'broken',
    hasReplicas: replicas.length > 0,
    instances: [DBInstanceIdentifier],
    window: latest === undefined ? undefined : { from, to: latest },
    settings: settingsOf(found),
    warnings: [
      ...(source === undefined && found.BackupRetentionPeriod === 0 ? ['automated backups are off'] : []),
      ...(replication?.Message ? [`replication: ${replication.Message}`] : []),
      ...(DBInstanceStatus === 'storage-full' ? ['its storage is full'] : []),
    ],
  };
}

const settingsOf = (found: DBInstance): Readonly<Record<string, string>> => ({
  engine: found.Engine ?? '',
  version: found.EngineVersion ?? '',
  class: found.DBInstanceClass ?? '',
  storage: found.StorageType ?? '',
  encrypted: String(found.StorageEncrypted ?? false),
});

function snapshotOf(found: DBSnapshot): Snapshot {
  const at = found.SnapshotDatabaseTime ?? found.OriginalSnapshotCreateTime ?? found.SnapshotCreateTime;
  return {
    identifier: found.DBSnapshotIdentifier ?? '',
    arn: found.DBSnapshotArn ?? '',
    status: found.Status ?? '',
    percent: found.PercentProgress ?? 0,
    at: at?.getTime() ?? 0,
    bytes: (found.AllocatedStorage ?? 0) * 2 ** 30,
    kmsKey: found.Encrypted === true ? found.KmsKeyId : undefined,
    resourceId: found.DbiResourceId,
    engine: found.Engine ?? '',
    marks: readMarks(found.TagList),
  };
}

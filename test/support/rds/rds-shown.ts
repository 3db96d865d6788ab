import {
  type ModelDatabase,
  type ModelGlobal,
  type ModelSnapshot,
  RESTORABLE_LAG_MS,
  type RdsModel,
} from './rds-model.ts';
import type { XmlValue } from './rds-xml.ts';

// How the model's things look in answers.

const ACCOUNT = '123456789012';
const iso = (at: number): string => new Date(at).toISOString();

export const arnOf = ({ kind, region, id }: Pick<ModelDatabase, 'kind' | 'region' | 'id'>): string =>
  `arn:aws:rds:${region}:${ACCOUNT}:${kind === 'instance' ? 'db' : 'cluster'}:${id}`;

export const snapshotArnOf = ({ kind, region, id }: ModelSnapshot): string =>
  `arn:aws:rds:${region}:${ACCOUNT}:${kind === 'instance' ? 'snapshot' : 'cluster-snapshot'}:${id}`;

export const addressOf = ({ id, region }: Pick<ModelDatabase, 'id' | 'region'>): string => `${id}.${region}.rds.test`;

const tagList = (tags: ReadonlyMap<string, string>): XmlValue => ({
  Tag: Array.from(tags, ([Key, Value]) => ({ Key, Value })),
});

const groupsOf = ({ groups }: ModelDatabase): XmlValue => ({
  VpcSecurityGroupMembership: groups.map(({ id, status }) => ({ VpcSecurityGroupId: id, Status: status })),
});

const windowEnd = ({ clock }: RdsModel, { createdAt }: ModelDatabase): number =>
  Math.max(createdAt, clock.now() - RESTORABLE_LAG_MS);

export function shownInstance(model: RdsModel, database: ModelDatabase): XmlValue {
  const { id, region, status, source, retention } = database;
  const replicas = model.databases.filter((each) => each.source === database && each.status !== 'deleting');
  return {
    DBInstanceIdentifier: id,
    DBInstanceArn: arnOf(database),
    DbiResourceId: database.resourceId,
    DBInstanceStatus: status,
    DBInstanceClass: 'db.t4g.medium',
    Engine: 'postgres',
    EngineVersion: '16.4',
    StorageType: 'gp3',
    StorageEncrypted: database.encrypted,
    BackupRetentionPeriod: retention,
    ...(status !== 'creating' && { Endpoint: { Address: addressOf(database), Port: 5432 } }),
    ...(retention > 0 && status !== 'creating' && { LatestRestorableTime: iso(windowEnd(model, database)) }),
    VpcSecurityGroups: groupsOf(database),
    ReadReplicaDBInstanceIdentifiers: {
      ReadReplicaDBInstanceIdentifier: replicas.map((each) => (each.region === region ? each.id : arnOf(each))),
    },
    ...(source && {
      ReadReplicaSourceDBInstanceIdentifier: source.region === region ? source.id : arnOf(source),
      StatusInfos: {
        DBInstanceStatusInfo: [{ StatusType: 'read replication', Normal: true, Status: streamOf(database) }],
      },
    }),
    TagList: tagList(database.tags),
  };
}

const streamOf = ({ replicating, source }: ModelDatabase): string =>
  replicating && source?.isUp && source.status !== 'stopped' ? 'replicating' : 'error';

export const shownWindow = (model: RdsModel, database: ModelDatabase): XmlValue => ({
  DbiResourceId: database.resourceId,
  DBInstanceIdentifier: database.id,
  RestoreWindow: { EarliestTime: iso(database.createdAt), LatestTime: iso(windowEnd(model, database)) },
});

export const shownMember = (id: string, { status, tags }: { status: string; tags: Map<string, string> }): XmlValue => ({
  DBInstanceIdentifier: id,
  DBInstanceStatus: status,
  TagList: tagList(tags),
});

export const shownCluster = (model: RdsModel, database: ModelDatabase): XmlValue => ({
  DBClusterIdentifier: database.id,
  DBClusterArn: arnOf(database),
  DbClusterResourceId: database.resourceId,
  Status: database.status,
  Engine: 'aurora-postgresql',
  EngineVersion: '16.4',
  StorageEncrypted: database.encrypted,
  Endpoint: addressOf(database),
  Port: 5432,
  EarliestRestorableTime: iso(database.createdAt),
  LatestRestorableTime: iso(windowEnd(model, database)),
  VpcSecurityGroups: groupsOf(database),
  DBClusterMembers: {
    DBClusterMember: [...database.members.keys()].map((DBInstanceIdentifier) => ({ DBInstanceIdentifier })),
  },
  ...(database.source && { ReplicationSourceIdentifier: arnOf(database.source) }),
  TagList: tagList(database.tags),
});

export const shownSnapshot = (snapshot: ModelSnapshot): XmlValue => ({
  [snapshot.kind === 'instance' ? 'DBSnapshotIdentifier' : 'DBClusterSnapshotIdentifier']: snapshot.id,
  [snapshot.kind === 'instance' ? 'DBSnapshotArn' : 'DBClusterSnapshotArn']: snapshotArnOf(snapshot),
  [snapshot.kind === 'instance' ? 'DbiResourceId' : 'DbClusterResourceId']: snapshot.of.resourceId,
  Status: snapshot.status,
  PercentProgress: snapshot.status === 'available' ? 100 : 40,
  Engine: snapshot.kind === 'instance' ? 'postgres' : 'aurora-postgresql',
  AllocatedStorage: 20,
  SnapshotType: snapshot.type,
  [snapshot.kind === 'instance' ? 'Encrypted' : 'StorageEncrypted']: snapshot.encrypted,
  KmsKeyId: snapshot.kmsKey,
  // Nobody knows the moment before it is taken.
  ...(snapshot.status !== 'creating' && { SnapshotCreateTime: iso(snapshot.at) }),
  ...(snapshot.status !== 'creating' &&
    snapshot.kind === 'instance' && { OriginalSnapshotCreateTime: iso(snapshot.at) }),
  TagList: tagList(snapshot.tags),
});

export const shownGlobal = ({ id, resourceId, status, failover, members, writer }: ModelGlobal): XmlValue => ({
  GlobalClusterIdentifier: id,
  GlobalClusterResourceId: resourceId,
  Status: status,
  ...(failover !== undefined && { FailoverState: { Status: failover } }),
  GlobalClusterMembers: {
    GlobalClusterMember: members.map((member) => ({
      DBClusterArn: arnOf(member),
      IsWriter: member === writer,
      SynchronizationStatus: member === writer || (member.replicating && writer.isUp) ? 'connected' : 'pending-resync',
    })),
  },
});

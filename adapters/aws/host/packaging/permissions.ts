import type { HostConfiguration } from './host-configuration.ts';
import type { Place } from './deployment.ts';
import { arnOf, machineArn } from './names.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a port may do, no more. */
export function portPermissions(port: string, place: Place, configuration: HostConfiguration): readonly Statement[] {
  switch (port) {
    case 'leases':
      return [items('Leases', place, ['GetItem', 'PutItem'], ['lease#*'])];
    case 'orders':
      return [items('Orders', place, ['GetItem', 'PutItem'], ['order#*'])];
    case 'ledger':
      return [items('Ledger', place, ['PutItem', 'Query'], ['recorded#*', 'releases#*'])];
    case 'runs':
      return [items('Runs', place, ['GetItem', 'PutItem', 'DeleteItem', 'Query'], ['recorded#*', 'runs#*'])];
    case 'catalog':
      return [items('Catalog', place, ['GetItem', 'PutItem', 'DeleteItem', 'Query'], ['backups#*'])];
    case 'endpoint':
      return [
        items('Endpoint', place, ['GetItem', 'PutItem'], ['endpoint#*']),
        readsConfiguration(place),
        ...addresses(configuration),
      ];
    case 'images':
      return [allow('Images', ['ecr:DescribeImages'], repositoriesOf(configuration))];
    case 'notifier':
      return [
        readsConfiguration(place),
        allow('Secrets', ['ssm:GetParameter'], arnOf('ssm', `parameter/pointsman/${place.stage}/secrets/*`)),
      ];
    case 'plans':
    case 'configuration':
      return [readsConfiguration(place)];
    case 'store':
    case 'backups':
      return Object.keys(configuration.groups).length === 0
        ? [readsConfiguration(place)]
        : [readsConfiguration(place), ...rds(place, port === 'store' ? storeActions : backupActions)];
    case 'starter':
      return [allow('Start', ['states:StartExecution'], machineArn(place, '*'))];
    default:
      return []; // the clock, and ports without an adapter
  }
}

/** Remembers calls of the function by the task's key. */
export const remembersCalls = (place: Place, name: string): Statement =>
  items('Calls', place, ['GetItem', 'PutItem', 'DeleteItem'], [`call#${name}#*`]);

export const allow = (Sid: string, Action: readonly string[], Resource: unknown): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

/** Items of the table whose partition begins so, and no others. */
const items = (
  sid: string,
  { prefix }: Place,
  actions: readonly string[],
  partitions: readonly string[],
): Statement => ({
  ...allow(
    sid,
    actions.map((action) => `dynamodb:${action}`),
    arnOf('dynamodb', `table/${prefix}`),
  ),
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
});

/** A path is asked for by itself, and what lies under it is answered. */
const readsConfiguration = ({ stage }: Place): Statement =>
  allow(
    'Configuration',
    ['ssm:GetParametersByPath'],
    ['', '/*'].map((rest) => arnOf('ssm', `parameter/pointsman/${stage}/configuration${rest}`)),
  );

function repositoriesOf(configuration: HostConfiguration): unknown {
  const images = Object.values(configuration.services).map(({ image }) => image);
  return [...new Set(images)].map((image) => arnOf('ecr', `repository/${image}`));
}

/** The names that clients connect to, each in its zone. */
function addresses({ groups }: HostConfiguration): readonly Statement[] {
  return Object.values(groups).flatMap(({ address }, i) =>
    address === undefined
      ? []
      : [
          {
            ...allow(`Address${i}`, ['route53:ChangeResourceRecordSets'], {
              'Fn::Sub': `arn:\${AWS::Partition}:route53:::hostedzone/${address.zone}`,
            }),
            Condition: {
              'ForAllValues:StringEquals': {
                'route53:ChangeResourceRecordSetsNormalizedRecordNames': [address.name.toLowerCase()],
                'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
                'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
              },
            },
          },
        ],
  );
}

/**
 * RDS in every region of this account: sites of a group stand in several, and what restores and rehearsals make bears names that
 * are made up at that time. That a database is of a configured group, and of no other, the adapters see to by their marks.
 */
function rds(place: Place, actions: readonly string[]): readonly Statement[] {
  const own = (kind: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:rds:*:\${AWS::AccountId}:${kind}:*`,
  });
  const global = { 'Fn::Sub': 'arn:${AWS::Partition}:rds::${AWS::AccountId}:global-cluster:*' };
  const kinds = ['db', 'cluster', 'snapshot', 'cluster-snapshot', 'subgrp', 'pg', 'cluster-pg', 'og', 'auto-backup'];
  return [
    allow(
      'Databases',
      actions.map((action) => `rds:${action}`),
      [...kinds.map(own), global],
    ),
    allow('Secrets', ['ssm:GetParameter'], arnOf('ssm', `parameter/pointsman/${place.stage}/secrets/*`)),
  ];
}

const looking = [
  'DescribeDBClusterSnapshots',
  'DescribeDBClusters',
  'DescribeDBInstanceAutomatedBackups',
  'DescribeDBInstances',
  'DescribeDBSnapshots',
  'DescribeGlobalClusters',
  'ListTagsForResource',
];
const restoring = [
  'AddTagsToResource',
  'CreateDBInstance',
  'DeleteDBCluster',
  'DeleteDBInstance',
  'ModifyDBCluster',
  'ModifyDBInstance',
  'RemoveTagsFromResource',
  'RestoreDBClusterFromSnapshot',
  'RestoreDBClusterToPointInTime',
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
];

/** What `adapters/aws/rds` calls to move a store. */
const storeActions = [
  ...looking,
  ...restoring,
  'CreateDBCluster',
  'CreateDBInstanceReadReplica',
  'CreateGlobalCluster',
  'DeleteGlobalCluster',
  'DescribeEvents',
  'FailoverGlobalCluster',
  'PromoteReadReplica',
  'RebootDBInstance',
  'RemoveFromGlobalCluster',
  'StartDBCluster',
  'StartDBInstance',
  'StopDBCluster',
  'StopDBInstance',
  'SwitchoverGlobalCluster',
];

/** What it calls for backups and restores. */
const backupActions = [
  ...looking,
  ...restoring,
  'CopyDBClusterSnapshot',
  'CopyDBSnapshot',
  'CreateDBClusterSnapshot',
  'CreateDBSnapshot',
  'DeleteDBClusterSnapshot',
  'DeleteDBSnapshot',
];

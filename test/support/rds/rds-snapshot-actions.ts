import type { Action } from './rds-actions.ts';
import { listed, newIdentifier, type RdsCall, required, tagsOf } from './rds-form.ts';
import { newInstanceId } from './rds-instance-actions.ts';
import {
  logAt,
  type ModelDatabase,
  type ModelSnapshot,
  newDatabase,
  promoted,
  RdsFault,
  type RdsModel,
  RESTORABLE_LAG_MS,
  SHOWS_AFTER_MS,
} from './rds-model.ts';
import { arnOf, shownCluster, shownInstance, shownSnapshot, snapshotArnOf } from './rds-shown.ts';
import { create, needs } from './rds-transitions.ts';
import type { XmlValue } from './rds-xml.ts';

type Kind = ModelDatabase['kind'];

/** The names that one kind of snapshot has on the wire. */
const words = (kind: Kind) => (kind === 'instance' ? 'DBSnapshot' : 'DBClusterSnapshot');
const sourceWord = (kind: Kind) => (kind === 'instance' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier');

function find(model: RdsModel, kind: Kind, region: string, id: string): ModelSnapshot {
  const found = model.snapshots.find((each) => each.kind === kind && each.region === region && each.id === id);
  if (found !== undefined && model.clock.now() >= found.shownFrom) return found;
  throw new RdsFault(
    kind === 'instance' ? 'DBSnapshotNotFound' : 'DBClusterSnapshotNotFoundFault',
    `${id} not found.`,
    404,
  );
}

function newSnapshotId(model: RdsModel, kind: Kind, call: RdsCall, name: string): string {
  const id = newIdentifier(call, name);
  if (model.snapshots.some((each) => each.kind === kind && each.region === call.region && each.id === id))
    throw new RdsFault(`${words(kind)}AlreadyExists${kind === 'instance' ? '' : 'Fault'}`, `${id} already exists.`);
  return id;
}

function finish(model: RdsModel, snapshot: ModelSnapshot, seconds: number): void {
  model.snapshots = [...model.snapshots, snapshot];
  model.later(seconds, () => {
    const isThere = snapshot.copyOf === undefined || model.snapshots.includes(snapshot.copyOf);
    snapshot.status = isThere ? 'available' : 'failed';
  });
}

const take =
  (kind: Kind): Action =>
  (model, call) => {
    const id = newSnapshotId(model, kind, call, `${words(kind)}Identifier`);
    const database = model.find(kind, call.region, required(call, sourceWord(kind)));
    needs(database, 'available', 'storage-optimization');
    const { resourceId, encrypted, kmsKey, log, region } = database;
    const of = { id: database.id, resourceId };
    const at = model.clock.now();
    const taken: ModelSnapshot = {
      kind,
      id,
      region,
      type: 'manual',
      shownFrom: at + SHOWS_AFTER_MS,
      status: 'creating',
      at,
      of,
      log,
      tags: tagsOf(call),
      encrypted,
      kmsKey,
      copyOf: undefined,
    };
    finish(model, taken, 30);
    database.status = kind === 'instance' ? 'backing-up' : 'available';
    model.later(30, () => void (database.status = database.status === 'backing-up' ? 'available' : database.status));
    return { [words(kind)]: shownSnapshot(taken) };
  };

const copy =
  (kind: Kind): Action =>
  (model, call) => {
    const id = newSnapshotId(model, kind, call, `Target${words(kind)}Identifier`);
    const from = required(call, `Source${words(kind)}Identifier`);
    const source = model.snapshots.find((each) => each.kind === kind && snapshotArnOf(each) === from);
    if (source === undefined) throw new RdsFault(`${words(kind)}NotFound`, `there is no ${from}`, 404);
    if (source.status !== 'available') throw new RdsFault(`Invalid${words(kind)}State`, `${from} is ${source.status}`);
    const key = call.form.get('KmsKeyId') ?? undefined;
    const isElsewhere = source.region !== call.region;
    if (isElsewhere && !call.form.get('PreSignedUrl')?.includes(`rds.${source.region}.`))
      throw new RdsFault(
        'InvalidParameterCombination',
        'a copy from another region needs a URL that is signed for that region',
      );
    if (isElsewhere && source.encrypted && key === undefined)
      throw new RdsFault(
        'InvalidParameterCombination',
        'an encrypted copy in another region needs a key of that region',
      );
    if (key !== undefined && (model.lockedKeys.has(key) || !key.includes(`:${call.region}:`)))
      throw new RdsFault('KMSKeyNotAccessibleFault', `${key} cannot be used in ${call.region}`);
    const copied: ModelSnapshot = {
      ...source,
      id,
      region: call.region,
      status: 'creating',
      shownFrom: model.clock.now() + SHOWS_AFTER_MS,
      tags: tagsOf(call),
      kmsKey: key ?? source.kmsKey,
      copyOf: source,
    };
    finish(model, copied, 60);
    return { [words(kind)]: shownSnapshot(copied) };
  };

const describe =
  (kind: Kind): Action =>
  (model, call) => {
    const id = call.form.get(`${words(kind)}Identifier`);
    const type = call.form.get('SnapshotType');
    const of = call.form.get(sourceWord(kind));
    const found =
      id === null
        ? model.snapshots.filter(
            (each) => each.kind === kind && each.region === call.region && model.clock.now() >= each.shownFrom,
          )
        : [find(model, kind, call.region, id)];
    const wanted = found.filter((each) => (type === null || each.type === type) && (of === null || each.of.id === of));
    // Pages of two, so that nobody forgets that there are pages.
    const from = Number(call.form.get('Marker') ?? 0);
    return {
      [`${words(kind)}s`]: { [words(kind)]: wanted.slice(from, from + 2).map(shownSnapshot) },
      ...(wanted.length > from + 2 && { Marker: String(from + 2) }),
    };
  };

const remove =
  (kind: Kind): Action =>
  (model, call) => {
    const found = find(model, kind, call.region, required(call, `${words(kind)}Identifier`));
    if (found.status !== 'available')
      throw new RdsFault(`Invalid${words(kind)}State`, `${found.id} is ${found.status}`);
    model.snapshots = model.snapshots.filter((each) => each !== found);
    return { [words(kind)]: shownSnapshot(found) };
  };

function restored(
  model: RdsModel,
  kind: Kind,
  call: RdsCall,
  id: string,
  log: ModelDatabase['log'],
  key: string | undefined,
): XmlValue {
  if (key !== undefined && model.lockedKeys.has(key))
    throw new RdsFault('KMSKeyNotAccessibleFault', `${key} cannot be used`);
  const groups = listed(call, 'VpcSecurityGroupIds');
  if (groups.length === 0)
    throw new RdsFault('InvalidParameterCombination', 'the model wants groups: the default one is open');
  const database = newDatabase(model, {
    kind,
    id,
    region: call.region,
    status: 'creating',
    log: promoted(model, log),
    tags: tagsOf(call),
    groups: groups.map((group) => ({ id: group, status: 'active' })),
    retention: 1,
  });
  create(model, database, 45);
  return kind === 'instance'
    ? { DBInstance: shownInstance(model, database) }
    : { DBCluster: shownCluster(model, database) };
}

export function newClusterId(model: RdsModel, call: RdsCall, name: string): string {
  const id = newIdentifier(call, name);
  if (model.databases.some((each) => each.kind === 'cluster' && each.region === call.region && each.id === id))
    throw new RdsFault('DBClusterAlreadyExistsFault', 'DB cluster already exists');
  return id;
}

function logOf(model: RdsModel, source: ModelDatabase, at: number): ModelDatabase['log'] {
  if (at > model.clock.now() - RESTORABLE_LAG_MS || at < source.createdAt)
    throw new RdsFault('InvalidRestoreFault', 'The specified time is outside of what can be restored');
  return logAt(source.log, at);
}

export const snapshotActions: Readonly<Record<string, Action>> = {
  CreateDBSnapshot: take('instance'),
  CreateDBClusterSnapshot: take('cluster'),
  CopyDBSnapshot: copy('instance'),
  CopyDBClusterSnapshot: copy('cluster'),
  DescribeDBSnapshots: describe('instance'),
  DescribeDBClusterSnapshots: describe('cluster'),
  DeleteDBSnapshot: remove('instance'),
  DeleteDBClusterSnapshot: remove('cluster'),

  RestoreDBInstanceFromDBSnapshot(model, call) {
    const id = newInstanceId(model, call, 'DBInstanceIdentifier');
    const { log, kmsKey } = find(model, 'instance', call.region, required(call, 'DBSnapshotIdentifier'));
    return restored(model, 'instance', call, id, log, kmsKey);
  },

  RestoreDBInstanceToPointInTime(model, call) {
    const id = newInstanceId(model, call, 'TargetDBInstanceIdentifier');
    const resource = required(call, 'SourceDbiResourceId');
    const source = model.databases.find((each) => each.resourceId === resource && each.region === call.region);
    if (source === undefined) throw new RdsFault('DBInstanceNotFound', `there is no ${resource}`, 404);
    const at = Date.parse(required(call, 'RestoreTime'));
    return restored(model, 'instance', call, id, logOf(model, source, at), source.kmsKey);
  },

  RestoreDBClusterFromSnapshot(model, call) {
    const id = newClusterId(model, call, 'DBClusterIdentifier');
    required(call, 'Engine');
    const { log, kmsKey } = find(model, 'cluster', call.region, required(call, 'SnapshotIdentifier'));
    return restored(model, 'cluster', call, id, log, kmsKey);
  },

  RestoreDBClusterToPointInTime(model, call) {
    const id = newClusterId(model, call, 'DBClusterIdentifier');
    const arn = required(call, 'SourceDBClusterIdentifier');
    const source = model.databases.find((each) => arnOf(each) === arn && each.region === call.region);
    if (source === undefined) throw new RdsFault('DBClusterNotFoundFault', `there is no ${arn} in ${call.region}`, 404);
    const isClone = call.form.get('RestoreType') === 'copy-on-write';
    const log = isClone ? source.log : logOf(model, source, Date.parse(required(call, 'RestoreToTime')));
    return restored(model, 'cluster', call, id, log, source.kmsKey);
  },
};

import type { Action } from './rds-actions.ts';
import { listed, newIdentifier, type RdsCall, required, tagsOf } from './rds-form.ts';
import { type ModelDatabase, newDatabase, promoted, pull, RdsFault, type RdsModel } from './rds-model.ts';
import { arnOf, shownInstance, shownMember, shownWindow } from './rds-shown.ts';
import {
  changeGroups,
  create,
  needs,
  passes,
  remove,
  rename,
  restart,
  startDatabase,
  stopDatabase,
} from './rds-transitions.ts';

const named = (model: RdsModel, call: RdsCall): ModelDatabase =>
  model.find('instance', call.region, required(call, 'DBInstanceIdentifier'));

/** The cluster that an instance is a member of. */
const clusterOf = (model: RdsModel, region: string, id: string): ModelDatabase | undefined =>
  model.databases.find((each) => each.kind === 'cluster' && each.region === region && each.members.has(id));

const shown = (model: RdsModel, database: ModelDatabase) => ({ DBInstance: shownInstance(model, database) });

export function newInstanceId(model: RdsModel, call: RdsCall, name: string): string {
  const id = newIdentifier(call, name);
  const isTaken = model.databases.some(
    (each) => each.region === call.region && ((each.kind === 'instance' && each.id === id) || each.members.has(id)),
  );
  if (isTaken) throw new RdsFault('DBInstanceAlreadyExists', 'DB instance already exists');
  return id;
}

export const instanceActions: Readonly<Record<string, Action>> = {
  DescribeDBInstances(model, call) {
    const id = required(call, 'DBInstanceIdentifier');
    const member = clusterOf(model, call.region, id)?.members.get(id);
    return {
      DBInstances: { DBInstance: [member ? shownMember(id, member) : shownInstance(model, named(model, call))] },
    };
  },

  DescribeDBInstanceAutomatedBackups(model, call) {
    const of = model.databases.filter(({ resourceId }) => resourceId === required(call, 'DbiResourceId'));
    return { DBInstanceAutomatedBackups: { DBInstanceAutomatedBackup: of.map((each) => shownWindow(model, each)) } };
  },

  ModifyDBInstance(model, call) {
    const database = named(model, call);
    needs(database, 'available');
    if (call.form.get('ApplyImmediately') !== 'true')
      throw new RdsFault('InvalidParameterValue', 'it would wait for the window');
    const groups = listed(call, 'VpcSecurityGroupIds');
    if (groups.length > 0) changeGroups(model, database, groups);
    if (call.form.has('NewDBInstanceIdentifier'))
      rename(model, database, newInstanceId(model, call, 'NewDBInstanceIdentifier'));
    return shown(model, database);
  },

  RebootDBInstance(model, call) {
    const id = required(call, 'DBInstanceIdentifier');
    const cluster = clusterOf(model, call.region, id);
    const database = cluster ?? named(model, call);
    needs(database, 'available');
    restart(model, database, id);
    return cluster ? {} : shown(model, database);
  },

  StopDBInstance(model, call) {
    const database = named(model, call);
    needs(database, 'available');
    if (model.databases.some(({ source }) => source === database) || database.source !== undefined)
      throw new RdsFault(
        'InvalidDBInstanceState',
        'an instance with a read replica, or that is one, cannot be stopped',
      );
    stopDatabase(model, database);
    return shown(model, database);
  },

  StartDBInstance(model, call) {
    const database = named(model, call);
    needs(database, 'stopped');
    startDatabase(model, database);
    return shown(model, database);
  },

  CreateDBInstanceReadReplica(model, call) {
    const id = newInstanceId(model, call, 'DBInstanceIdentifier');
    const from = required(call, 'SourceDBInstanceIdentifier');
    const source = model.databases.find(
      (each) => arnOf(each) === from || (each.region === call.region && each.id === from),
    );
    if (source === undefined) throw new RdsFault('DBInstanceNotFound', `there is no ${from}`, 404);
    needs(source, 'available', 'backing-up', 'stopped');
    if (source.retention === 0) throw new RdsFault('InvalidDBInstanceState', 'automated backups are off');
    if (source.region !== call.region && source.encrypted && !call.form.has('KmsKeyId'))
      throw new RdsFault('InvalidParameterCombination', 'an encrypted replica of another region needs a key');
    const replica = newDatabase(model, {
      kind: 'instance',
      id,
      region: call.region,
      status: 'creating',
      source,
      log: source.log,
      tags: tagsOf(call),
      groups: listed(call, 'VpcSecurityGroupIds').map((group) => ({ id: group, status: 'active' })),
      retention: 0,
    });
    create(model, replica, 45);
    return shown(model, replica);
  },

  PromoteReadReplica(model, call) {
    const database = named(model, call);
    needs(database, 'available');
    if (database.source === undefined)
      throw new RdsFault('InvalidDBInstanceState', `${database.id} is not a read replica`);
    passes(
      model,
      database,
      [
        ['modifying', 15],
        ['rebooting', 15],
        ['available', 0],
      ],
      () => {
        database.isUp = true;
        database.retention = Number(call.form.get('BackupRetentionPeriod') ?? 1);
      },
    );
    model.later(12, () => {
      pull(database);
      database.source = undefined;
      database.log = promoted(model, database.log);
    });
    return shown(model, database);
  },

  CreateDBInstance(model, call) {
    const cluster = model.find('cluster', call.region, required(call, 'DBClusterIdentifier'));
    const id = newInstanceId(model, call, 'DBInstanceIdentifier');
    required(call, 'DBInstanceClass');
    const member = { status: 'creating', tags: tagsOf(call) };
    cluster.members.set(id, member);
    model.later(30, () => void (member.status = 'available'));
    return { DBInstance: shownMember(id, member) };
  },

  DeleteDBInstance(model, call) {
    const id = required(call, 'DBInstanceIdentifier');
    const cluster = clusterOf(model, call.region, id);
    if (call.form.get('SkipFinalSnapshot') !== 'true')
      throw new RdsFault('InvalidParameterCombination', 'name a final snapshot');
    if (cluster !== undefined) {
      cluster.members.delete(id);
      return {};
    }
    const database = named(model, call);
    if (database.status === 'deleting') throw new RdsFault('InvalidDBInstanceState', `${id} is already being deleted`);
    remove(model, database);
    return shown(model, database);
  },
};

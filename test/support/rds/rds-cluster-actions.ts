import type { Action } from './rds-actions.ts';
import { listed, newIdentifier, type RdsCall, required, tagsOf } from './rds-form.ts';
import {
  type ModelDatabase,
  type ModelGlobal,
  newDatabase,
  promoted,
  pull,
  RdsFault,
  type RdsModel,
} from './rds-model.ts';
import { arnOf, shownCluster, shownGlobal } from './rds-shown.ts';
import { newClusterId } from './rds-snapshot-actions.ts';
import { changeGroups, create, needs, remove, rename } from './rds-transitions.ts';

const named = (model: RdsModel, call: RdsCall): ModelDatabase =>
  model.find('cluster', call.region, required(call, 'DBClusterIdentifier'));

const shown = (model: RdsModel, database: ModelDatabase) => ({ DBCluster: shownCluster(model, database) });

function globalNamed(model: RdsModel, call: RdsCall): ModelGlobal {
  const id = required(call, 'GlobalClusterIdentifier');
  const found = model.globals.get(id);
  if (found !== undefined) return found;
  throw new RdsFault('GlobalClusterNotFoundFault', `Global cluster ${id} not found`, 404);
}

function memberNamed(global: ModelGlobal, arn: string): ModelDatabase {
  const found = global.members.find((each) => arnOf(each) === arn);
  if (found !== undefined) return found;
  throw new RdsFault('DBClusterNotFoundFault', `${arn} is no member of ${global.id}`, 404);
}

/** Makes `target` the writer; what the old one had and it had not is lost, and kept in a snapshot. */
function moveWriter(model: RdsModel, global: ModelGlobal, target: ModelDatabase, failover: string): void {
  const old = global.writer;
  const isPlanned = failover === 'switching-over';
  // The state shows late, as everything does.
  model.later(4, () => {
    global.failover = failover;
    for (const each of [old, target]) each.status = failover;
  });
  model.later(30, () => {
    pull(target);
    target.source = undefined;
    if (!isPlanned) keepVolume(model, old);
    target.log = promoted(model, target.log);
    global.writer = target;
    old.source = target;
    old.log = target.log;
    old.hasSessions = false;
    for (const each of global.members) if (each !== target) each.source = target;
  });
  model.later(40, () => {
    global.failover = undefined;
    for (const each of [old, target]) {
      each.status = 'available';
      each.isUp = true;
    }
  });
}

const keepVolume = (model: RdsModel, old: ModelDatabase): void => {
  model.snapshots = [
    ...model.snapshots,
    {
      kind: 'cluster',
      id: `rds:unplanned-global-failover-${old.id}-${model.clock.now()}`,
      region: old.region,
      type: 'automated',
      shownFrom: 0,
      status: 'available',
      at: model.clock.now(),
      of: { id: old.id, resourceId: old.resourceId },
      log: old.log,
      tags: new Map(),
      encrypted: old.encrypted,
      kmsKey: old.kmsKey,
      copyOf: undefined,
    },
  ];
};

const settled = ({ failover, id }: ModelGlobal): void => {
  if (failover !== undefined) throw new RdsFault('InvalidGlobalClusterStateFault', `${id} is ${failover}`);
};

export const clusterActions: Readonly<Record<string, Action>> = {
  DescribeDBClusters: (model, call) => ({ DBClusters: { DBCluster: [shownCluster(model, named(model, call))] } }),

  ModifyDBCluster(model, call) {
    const database = named(model, call);
    needs(database, 'available');
    const groups = listed(call, 'VpcSecurityGroupIds');
    if (groups.length > 0) changeGroups(model, database, groups);
    if (call.form.has('NewDBClusterIdentifier'))
      rename(model, database, newClusterId(model, call, 'NewDBClusterIdentifier'));
    return shown(model, database);
  },

  StopDBCluster() {
    throw new RdsFault('InvalidDBClusterStateFault', 'a cluster of a global database cannot be stopped');
  },

  DeleteDBCluster(model, call) {
    const database = named(model, call);
    if (database.global !== undefined)
      throw new RdsFault('InvalidDBClusterStateFault', `${database.id} is a member of ${database.global}`);
    if (database.members.size > 0) throw new RdsFault('InvalidDBClusterStateFault', `${database.id} has instances`);
    remove(model, database);
    return shown(model, database);
  },

  CreateDBCluster(model, call) {
    const id = newClusterId(model, call, 'DBClusterIdentifier');
    const global = globalNamed(model, call);
    settled(global);
    const secondary = newDatabase(model, {
      kind: 'cluster',
      id,
      region: call.region,
      status: 'creating',
      source: global.writer,
      log: global.writer.log,
      tags: tagsOf(call),
      groups: listed(call, 'VpcSecurityGroupIds').map((group) => ({ id: group, status: 'active' })),
      global: global.id,
    });
    global.members.push(secondary);
    create(model, secondary, 45);
    return shown(model, secondary);
  },

  DescribeGlobalClusters: (model, call) => ({
    GlobalClusters: { GlobalClusterMember: [shownGlobal(globalNamed(model, call))] },
  }),

  CreateGlobalCluster(model, call) {
    const id = newIdentifier(call, 'GlobalClusterIdentifier');
    if (model.globals.has(id)) throw new RdsFault('GlobalClusterAlreadyExistsFault', `${id} already exists`);
    const arn = required(call, 'SourceDBClusterIdentifier');
    const writer = model.databases.find((each) => arnOf(each) === arn);
    if (writer === undefined) throw new RdsFault('DBClusterNotFoundFault', `there is no ${arn}`, 404);
    needs(writer, 'available');
    const global: ModelGlobal = {
      id,
      resourceId: `cluster-global-${model.nextId()}`,
      status: 'creating',
      failover: undefined,
      writer,
      members: [writer],
    };
    model.globals.set(id, global);
    writer.global = id;
    model.later(20, () => void (global.status = 'available'));
    return { GlobalCluster: shownGlobal(global) };
  },

  RemoveFromGlobalCluster(model, call) {
    const global = globalNamed(model, call);
    const member = memberNamed(global, required(call, 'DbClusterIdentifier'));
    if (member === global.writer && global.members.length > 1)
      throw new RdsFault('InvalidGlobalClusterStateFault', 'the writer leaves last');
    model.later(10, () => {
      global.members = global.members.filter((each) => each !== member);
      member.global = undefined;
      member.source = undefined;
    });
    return { GlobalCluster: shownGlobal(global) };
  },

  DeleteGlobalCluster(model, call) {
    const global = globalNamed(model, call);
    if (global.members.length > 0) throw new RdsFault('InvalidGlobalClusterStateFault', `${global.id} has members`);
    model.globals.delete(global.id);
    return { GlobalCluster: shownGlobal(global) };
  },

  SwitchoverGlobalCluster(model, call) {
    const global = globalNamed(model, call);
    const target = memberNamed(global, required(call, 'TargetDbClusterIdentifier'));
    settled(global);
    needs(target, 'available');
    needs(global.writer, 'available');
    if (target === global.writer)
      throw new RdsFault('InvalidGlobalClusterStateFault', `${target.id} is the writer already`);
    if (!global.writer.isUp)
      throw new RdsFault('InvalidGlobalClusterStateFault', 'a switchover needs a primary that lives');
    moveWriter(model, global, target, 'switching-over');
    return { GlobalCluster: shownGlobal(global) };
  },

  FailoverGlobalCluster(model, call) {
    const global = globalNamed(model, call);
    const target = memberNamed(global, required(call, 'TargetDbClusterIdentifier'));
    settled(global);
    if (call.form.get('AllowDataLoss') !== 'true')
      throw new RdsFault('InvalidParameterCombination', 'the model takes a failover only with AllowDataLoss');
    if (target === global.writer)
      throw new RdsFault('InvalidGlobalClusterStateFault', `${target.id} is the writer already`);
    moveWriter(model, global, target, 'failing-over');
    return { GlobalCluster: shownGlobal(global) };
  },
};

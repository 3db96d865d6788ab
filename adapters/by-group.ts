import type { BackupEngine } from '../functions/ports/recovery/backup-engine.ts';
import type { GroupName } from '../functions/ports/recovery/position.ts';
import type { ReplicatedStore } from '../functions/ports/recovery/replicated-store.ts';
import type { WriteEndpoint } from '../functions/ports/recovery/write-endpoint.ts';
import { StepFailure } from '../functions/step-failure.ts';

/** The adapters of one protected group. */
export interface GroupAdapters {
  readonly store: ReplicatedStore;
  readonly backups: BackupEngine;
}

/** One store over all groups: a call goes to the store of the group it names, a rehearsal's to the one it was staged from. */
export function storesByGroup(groups: ReadonlyMap<GroupName, Pick<GroupAdapters, 'store'>>): ReplicatedStore {
  const of = (group: GroupName) => adaptersOf(groups, group).store;
  return {
    observe: (group, depth) => of(group).observe(group, depth),
    freeze: (group, ...rest) => of(group).freeze(group, ...rest),
    thaw: (group, ...rest) => of(group).thaw(group, ...rest),
    reached: (group, ...rest) => of(group).reached(group, ...rest),
    stop: (group, ...rest) => of(group).stop(group, ...rest),
    start: (group, ...rest) => of(group).start(group, ...rest),
    promote: (group, ...rest) => of(group).promote(group, ...rest),
    probe: (group, ...rest) => of(group).probe(group, ...rest),
    fence: (group, ...rest) => of(group).fence(group, ...rest),
    follow: (group, ...rest) => of(group).follow(group, ...rest),
    rebuild: (group, ...rest) => of(group).rebuild(group, ...rest),
    lostWrites: (group, ...rest) => of(group).lostWrites(group, ...rest),
    contents: (group, ...rest) => of(group).contents(group, ...rest),
    stage: (group, ...rest) => of(group).stage(group, ...rest),
    unstage: (scratch) => of(scratch).unstage(scratch),
  };
}

/** One backup engine over all groups. */
export function backupsByGroup(groups: ReadonlyMap<GroupName, Pick<GroupAdapters, 'backups'>>): BackupEngine {
  const of = (group: GroupName) => adaptersOf(groups, group).backups;
  return {
    take: (order) => of(order.group).take(order),
    copy: (group, ...rest) => of(group).copy(group, ...rest),
    verify: (group, ...rest) => of(group).verify(group, ...rest),
    list: (group, ...rest) => of(group).list(group, ...rest),
    remove: (group, ...rest) => of(group).remove(group, ...rest),
    trim: (group, ...rest) => of(group).trim(group, ...rest),
    mark: (group, ...rest) => of(group).mark(group, ...rest),
    branches: (group, ...rest) => of(group).branches(group, ...rest),
    restore: (order) => of(order.group).restore(order),
    inspect: (group, ...rest) => of(group).inspect(group, ...rest),
    destroy: (group, ...rest) => of(group).destroy(group, ...rest),
  };
}

/** The addresses of groups, and for staged rehearsals, which no client reaches, the other endpoint. */
export function endpointsByGroup(
  groups: ReadonlyMap<GroupName, unknown>,
  addresses: WriteEndpoint,
  rehearsals: WriteEndpoint,
): WriteEndpoint {
  const of = (group: GroupName) => (!groups.has(group) && groups.has(rehearsed(group)) ? rehearsals : addresses);
  return {
    observe: (group) => of(group).observe(group),
    change: (group, ...rest) => of(group).change(group, ...rest),
  };
}

function adaptersOf<A>(groups: ReadonlyMap<GroupName, A>, group: GroupName): A {
  const found = groups.get(group) ?? groups.get(rehearsed(group));
  if (found === undefined) throw noSuchGroup(group, [...groups.keys()]);
  return found;
}

/** The group that a staged one rehearses: `shop` of `shop--drill`; any other name as it is. */
export const rehearsed = (group: GroupName): GroupName => group.replace(/--[a-z0-9-]+$/, '');

/** A group that is not there, and those that are. */
export const noSuchGroup = (group: GroupName, known: readonly GroupName[]): StepFailure =>
  new StepFailure(
    'Pointsman.NoSuchGroup',
    `there is no protected group ${group}; there are ${known.join(', ') || 'none: name them under `groups` in the configuration'}`,
  );

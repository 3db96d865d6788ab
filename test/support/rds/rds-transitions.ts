import { type ModelDatabase, RdsFault, type RdsModel } from './rds-model.ts';

// What goes on by itself after a call was accepted. A status stays as it was for some seconds.

const SHOWS_AFTER_SECONDS = 4;

/** @throws RdsFault as the platform refuses a call in a wrong state */
export function needs(database: ModelDatabase, ...statuses: readonly string[]): void {
  if (statuses.includes(database.status)) return;
  const isInstance = database.kind === 'instance';
  const what = isInstance ? 'DB instance' : 'DB cluster';
  throw new RdsFault(
    isInstance ? 'InvalidDBInstanceState' : 'InvalidDBClusterStateFault',
    `${what} ${database.id} is not in one of ${statuses.join(', ')}: it is ${database.status}`,
  );
}

/** Goes through statuses, each for as long; the last stays. */
export function passes(
  model: RdsModel,
  database: ModelDatabase,
  statuses: readonly (readonly [status: string, seconds: number])[],
  done: () => void = () => undefined,
): void {
  let at = SHOWS_AFTER_SECONDS;
  for (const [status, seconds] of statuses) {
    model.later(at, () => void (database.status = status));
    at += seconds;
  }
  model.later(at, done);
}

export function restart(model: RdsModel, database: ModelDatabase, source = database.id): void {
  passes(model, database, [['rebooting', 20]], () => {
    database.isUp = true;
    database.hasSessions = false;
    database.status = 'available';
    model.events.push({ source, region: database.region, at: model.clock.now(), message: 'DB instance restarted' });
  });
}

export function changeGroups(model: RdsModel, database: ModelDatabase, groups: readonly string[]): void {
  model.later(SHOWS_AFTER_SECONDS, () => {
    database.groups = groups.map((id) => ({ id, status: 'adding' }));
  });
  model.later(15, () => {
    database.groups = groups.map((id) => ({ id, status: 'active' }));
  });
}

export function rename(model: RdsModel, database: ModelDatabase, id: string): void {
  passes(model, database, [['renaming', 15]], () => {
    database.id = id;
    database.status = 'available';
  });
}

export function stopDatabase(model: RdsModel, database: ModelDatabase): void {
  passes(
    model,
    database,
    [
      ['stopping', 20],
      ['stopped', 0],
    ],
    () => {
      database.hasSessions = false;
    },
  );
}

export function startDatabase(model: RdsModel, database: ModelDatabase): void {
  passes(
    model,
    database,
    [
      ['starting', 20],
      ['available', 0],
    ],
    () => {
      database.isUp = true;
    },
  );
}

/** Comes up, with what it was made of in it. */
export const create = (model: RdsModel, database: ModelDatabase, seconds: number): void =>
  model.later(seconds, () => {
    if (database.status === 'creating') database.status = 'available';
  });

export function remove(model: RdsModel, database: ModelDatabase): void {
  database.status = 'deleting';
  model.later(20, () => {
    model.databases = model.databases.filter((each) => each !== database);
    // Its replicas stay behind, each a database of its own.
    for (const each of model.databases) if (each.source === database) each.source = undefined;
  });
}

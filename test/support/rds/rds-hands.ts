import type { DataAccess } from '../../../adapters/aws/rds/data-access.ts';
import {
  contentsOf,
  endOf,
  lastChangeAt,
  rowsOf,
  type WantedChange,
  withCommit,
  withMark,
} from '../../../adapters/memory/change-log.ts';
import { type ModelDatabase, pull, type RdsModel, takesWrites } from './rds-model.ts';
import { addressOf } from './rds-shown.ts';

export const ISOLATION = 'sg-isolation';

/** The data itself, as a session of the controller finds it; it is let into the isolation group. */
export function modelDataAccess(model: RdsModel): DataAccess {
  const at = (address: string): ModelDatabase => {
    const found = model.databases.find((each) => `${addressOf(each)}:5432` === address);
    const isOut = /^(stopped|stopping|starting|rebooting|creating|deleting|renaming)$/.test(
      found?.status ?? 'deleting',
    );
    if (found === undefined || !found.isUp || isOut) throw new Error(`${address} does not answer`);
    pull(found);
    return found;
  };
  return {
    async end(address) {
      const { log } = at(address);
      return { position: endOf(log), lastChangeAt: lastChangeAt(log) };
    },
    async probe(address) {
      const found = at(address);
      if (found.source !== undefined) throw new Error('cannot execute INSERT in a read-only transaction');
      found.log = withMark(found.log, model.clock.now());
    },
    contents: async (address) => contentsOf(at(address).log),
  };
}

/** A client that keeps its connection. */
export function write(model: RdsModel, database: ModelDatabase, changes: readonly WantedChange[]): void {
  if (!takesWrites(database, ISOLATION)) throw new Error(`${database.id} takes no writes: it is ${database.status}`);
  database.hasSessions = true;
  database.log = withCommit(database.log, `commit-${model.nextId()}`, model.clock.now(), changes);
  model.settle();
}

export const rowsAt = (database: ModelDatabase) => {
  pull(database);
  return Array.from(rowsOf(database.log).values(), ({ id, value }) => ({ id: Number(id), value: String(value) }));
};

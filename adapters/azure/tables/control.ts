import type { TableClient } from '@azure/data-tables';
import type { Clock } from '../../../functions/ports/clock.ts';
import { acquired, renewed } from '../../../functions/ports/lease-rules.ts';
import type { Lease, Leases } from '../../../functions/ports/leases.ts';
import type { ReleaseLedger, ReleaseRecord } from '../../../functions/ports/release-ledger.ts';
import type { RunOrder, RunOrders } from '../../../functions/ports/run-orders.ts';
import { backwards, growingMicros, key, keysUnder } from './keys.ts';
import { type Row, type Rows, type RowWrite, tableRows } from './rows.ts';

const LEASES = key('control', 'leases');
const ORDERS = key('control', 'orders');
const SCHEDULES = key('control', 'schedules');
const ledgerOf = (service: string): string => key('control', 'ledger', service);

/** JSON in a row of its own: what is kept here is a few hundred bytes. */
const rowOf = (value: object) => ({ facts: { json: JSON.stringify(value) }, bytes: undefined });
const read = ({ facts }: Row) => JSON.parse(String(facts['json']));

/** Replaces a row by what `edit` makes of it, tried again when somebody else was faster; undefined leaves it. */
async function change<T extends object>(
  rows: Rows,
  partition: string,
  name: string,
  edit: (before: T | undefined) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const row = await rows.get(partition, name);
    const before: T | undefined = row && read(row);
    const after = edit(before);
    if (after === undefined) return before;
    const content = rowOf(after);
    const write: RowWrite =
      row === undefined
        ? { kind: 'insert', key: name, content }
        : { kind: 'replace', key: name, etag: row.etag, content };
    if ((await rows.write(partition, [write])) !== 'conflict') return after;
  }
}

/** What a lease's row holds: the newest epoch stays when it is given up. */
interface LeaseRow {
  readonly held: Lease | undefined;
  readonly newestEpoch: number;
}

/** Leases in the table of the executions: whoever replaces a row that changed meanwhile is refused by its ETag. */
export function tableLeases(table: TableClient, clock: Clock): Leases {
  const rows = tableRows(table);
  const edit = async (name: string, next: (before: LeaseRow) => LeaseRow | undefined): Promise<Lease | undefined> => {
    const changed = await change<LeaseRow>(rows, LEASES, key(name), (row) =>
      next({ held: row?.held, newestEpoch: row?.newestEpoch ?? 0 }),
    );
    return changed?.held;
  };
  const held = (lease: Lease): LeaseRow => ({ held: lease, newestEpoch: lease.epoch });
  const mustHold = (lease: Lease | undefined, name: string): Lease => {
    if (lease === undefined) throw new Error(`the row of the lease ${name} was written without its holder`);
    return lease;
  };
  return {
    async acquire(name, owner, ttlSeconds) {
      const taken = await edit(name, ({ held: now, newestEpoch }) =>
        held(acquired(now, newestEpoch, { name, owner, ttlSeconds, now: clock.now() })),
      );
      return mustHold(taken, name);
    },
    async renew(name, owner, epoch, ttlSeconds) {
      const kept = await edit(name, ({ held: now }) =>
        held(renewed(now, { name, owner, epoch, ttlSeconds, now: clock.now() })),
      );
      return mustHold(kept, name);
    },
    async release(name, owner, epoch) {
      await edit(name, ({ held: now, newestEpoch }) =>
        now?.owner === owner && now.epoch === epoch ? { held: undefined, newestEpoch } : undefined,
      );
    },
    async read(name) {
      const row = await rows.get(LEASES, key(name));
      const found: LeaseRow | undefined = row && read(row);
      return found?.held;
    },
  };
}

/** Orders in the table of the executions. */
export function tableRunOrders(table: TableClient): RunOrders {
  const rows = tableRows(table);
  return {
    async read(execution): Promise<RunOrder | undefined> {
      const row = await rows.get(ORDERS, key(execution));
      return row && read(row);
    },
    async give(order) {
      const now = await change<RunOrder>(rows, ORDERS, key(order.execution), (given) =>
        given?.order === 'abort' ? undefined : order,
      );
      return now ?? order;
    },
  };
}

/** The ledger in the table of the executions: a service is a partition, a record two rows of it, one to find it again. */
export function tableReleaseLedger(table: TableClient): ReleaseLedger {
  const rows = tableRows(table);
  const micros = growingMicros();
  return {
    async record(entry) {
      const content = rowOf(entry);
      const place = key('newest', backwards(micros()));
      await rows.write(ledgerOf(entry.service), [
        { kind: 'insert', key: key('execution', entry.execution), content: rowOf({}) }, // a conflict: it is there
        { kind: 'insert', key: place, content },
      ]);
    },
    async list(service, limit) {
      const records: ReleaseRecord[] = [];
      for await (const some of rows.range(ledgerOf(service), keysUnder('newest'))) {
        records.push(...some.map((row): ReleaseRecord => read(row)));
        if (records.length >= limit) break;
      }
      return records.slice(0, limit);
    },
  };
}

/** Up to which instant each schedule was looked after, in the table of the executions. Milliseconds since 1970. */
export interface SeenInstants {
  read(schedule: string): Promise<number | undefined>;
  write(schedule: string, at: number): Promise<void>;
}

export function tableSeenInstants(table: TableClient): SeenInstants {
  const rows = tableRows(table);
  return {
    async read(schedule) {
      const row = await rows.get(SCHEDULES, key(schedule));
      return row && Number(row.facts['at']);
    },
    async write(schedule, at) {
      const content = { facts: { at: String(at) }, bytes: undefined };
      await rows.write(SCHEDULES, [{ kind: 'put', key: key(schedule), content }]);
    },
  };
}

import type { ReleaseLedger, ReleaseRecord } from '../../../functions/ports/release-ledger.ts';
import { inOrder } from './in-order.ts';
import type { Table } from './table.ts';

/** The ledger in DynamoDB: a record in its service's partition, and a mark that its execution has one. */
export function dynamoReleaseLedger(table: Table): ReleaseLedger {
  return {
    async record(entry) {
      const { service, execution, at } = entry;
      await table.write(
        {
          kind: 'put',
          key: { pk: `recorded#${execution}`, sk: 'release' },
          item: { at },
          condition: { kind: 'absent' }, // the first record stands
        },
        {
          kind: 'put',
          key: { pk: `releases#${service}`, sk: inOrder(at, execution) },
          item: { record: JSON.stringify(entry) },
        },
      );
    },
    async list(service, limit) {
      const items = await table.query(`releases#${service}`, { newestFirst: true, limit });
      return items.map(({ record }): ReleaseRecord => JSON.parse(String(record)));
    },
  };
}

import type { RunOrder, RunOrders } from '../../../functions/ports/run-orders.ts';
import type { Attributes, Key, Table } from './table.ts';

/** What people ordered, in DynamoDB. */
export function dynamoRunOrders(table: Table): RunOrders {
  return {
    read: async (execution) => orderOf(await table.get(keyOf(execution))),
    async give(order) {
      let standing = order;
      await table.change(keyOf(order.execution), (found) => {
        const given = orderOf(found);
        standing = given?.order === 'abort' ? given : order;
        return standing === order ? { entry: JSON.stringify(order) } : undefined;
      });
      return standing;
    },
  };
}

const keyOf = (execution: string): Key => ({ pk: `order#${execution}`, sk: 'order' });

const orderOf = (item: Attributes | undefined): RunOrder | undefined =>
  item === undefined ? undefined : JSON.parse(String(item['entry']));

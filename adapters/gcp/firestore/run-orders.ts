import { createHash } from 'node:crypto';
import type { RunOrder, RunOrders } from '../../../functions/ports/run-orders.ts';
import { changeDocument } from './change-document.ts';
import type { Documents } from './documents.ts';

interface OrderFields {
  readonly body: string;
}

/** What people told runs to do, in Firestore: the newest for each execution. */
export function firestoreRunOrders(documents: Documents): RunOrders {
  const read = (found: OrderFields | undefined): RunOrder | undefined => found && JSON.parse(found.body);
  return {
    async read(execution) {
      const [found] = await documents.get([pathOf(execution)]);
      return read(found?.fields as OrderFields | undefined);
    },
    async give(order) {
      let stands = order;
      await changeDocument<OrderFields>(documents, pathOf(order.execution), (found) => {
        const given = read(found);
        stands = given?.order === 'abort' ? given : order;
        return stands === order ? { body: JSON.stringify(order) } : undefined;
      });
      return stands;
    },
  };
}

const pathOf = (execution: string): string =>
  `orders/${createHash('sha256').update(execution).digest('hex').slice(0, 32)}`;

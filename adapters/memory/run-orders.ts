import type { RunOrder, RunOrders } from '../../functions/ports/run-orders.ts';

/** Orders that live as long as the object. The test double of `RunOrders`. */
export function memoryRunOrders(): RunOrders {
  const orders = new Map<string, RunOrder>();

  return {
    read: async (execution) => orders.get(execution),
    async give(order) {
      const given = orders.get(order.execution);
      if (given?.order === 'abort') return given;
      orders.set(order.execution, order);
      return order;
    },
  };
}

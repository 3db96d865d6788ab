import type { RolloutOrder, RolloutOrders } from '../../functions/ports/rollout-orders.ts';

/** Orders that live as long as the object. The test double of `RolloutOrders`. */
export function memoryRolloutOrders(): RolloutOrders {
  const orders = new Map<string, RolloutOrder>();

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

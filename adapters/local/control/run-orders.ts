import type { RunOrder, RunOrders } from '../../../functions/ports/run-orders.ts';
import { atOnce, type ControlDatabase } from './control-database.ts';

/** What people ordered, in `control.db`. */
export function sqliteRunOrders({ sqlite }: ControlDatabase): RunOrders {
  const find = sqlite.prepare('SELECT entry FROM orders WHERE execution = ?');
  const save = sqlite.prepare(
    'INSERT INTO orders (execution, entry) VALUES (?, ?) ON CONFLICT (execution) DO UPDATE SET entry = excluded.entry',
  );
  const read = (execution: string): RunOrder | undefined => {
    const row = find.get(execution);
    return row && JSON.parse(String(row['entry']));
  };

  return {
    read: async (execution) => read(execution),
    give: async (order) =>
      atOnce(sqlite, () => {
        const given = read(order.execution);
        if (given?.order === 'abort') return given;
        save.run(order.execution, JSON.stringify(order));
        return order;
      }),
  };
}

import { describe, expect, it } from 'vitest';
import type { RolloutOrder, RolloutOrders } from '../../functions/ports/rollout-orders.ts';

/** What `RolloutOrders` promises, sentence by sentence. Every implementation runs it. */
export function rolloutOrdersContract(name: string, create: () => Promise<RolloutOrders>): void {
  describe(`${name} as RolloutOrders`, () => {
    it('reads the order of an execution, and none where none was given', async () => {
      const orders = await create();

      expect(await orders.give(promote)).toEqual(promote);
      expect(await orders.read('one')).toEqual(promote);
      expect(await orders.read('two')).toBeUndefined();
    });

    it('replaces a promote by an abort', async () => {
      const orders = await create();
      await orders.give(promote);

      expect(await orders.give(abort)).toEqual(abort);
      expect(await orders.read('one')).toEqual(abort);
    });

    it('never replaces an abort, and answers with it', async () => {
      const orders = await create();
      await orders.give(abort);

      expect(await orders.give(promote)).toEqual(abort);
      expect(await orders.read('one')).toEqual(abort);
    });
  });
}

const promote: RolloutOrder = { execution: 'one', order: 'promote', by: 'operator', reason: 'looks fine', at: 1 };
const abort: RolloutOrder = { ...promote, order: 'abort', reason: 'wrong button', at: 2 };

import { describe, expect, it } from 'vitest';
import type { RunOrder, RunOrders } from '../../functions/ports/run-orders.ts';

/** What `RunOrders` promises, sentence by sentence. Every implementation runs it. */
export function runOrdersContract(name: string, create: () => Promise<RunOrders>): void {
  describe(`${name} as RunOrders`, () => {
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

const promote: RunOrder = { execution: 'one', order: 'promote', by: 'operator', reason: 'looks fine', at: 1 };
const abort: RunOrder = { ...promote, order: 'abort', reason: 'wrong button', at: 2 };

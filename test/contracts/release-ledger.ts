import { describe, expect, it } from 'vitest';
import type { ReleaseLedger, ReleaseRecord } from '../../functions/ports/release-ledger.ts';

/** What `ReleaseLedger` promises, sentence by sentence. Every implementation runs it. */
export function releaseLedgerContract(name: string, create: () => Promise<ReleaseLedger>): void {
  describe(`${name} as ReleaseLedger`, () => {
    it('lists the records of a service, newest first, up to the limit', async () => {
      const ledger = await create();
      for (const number of [1, 2, 3]) await ledger.record(recordOf(number));
      await ledger.record({ ...recordOf(4), service: 'mail' });

      expect(await ledger.list('shop', 2)).toEqual([recordOf(3), recordOf(2)]);
      expect(await ledger.list('nothing', 2)).toEqual([]);
    });

    it('keeps the first record of an execution', async () => {
      const ledger = await create();
      await ledger.record(recordOf(1));
      await ledger.record({ ...recordOf(1), outcome: 'failed', at: 9 });

      expect(await ledger.list('shop', 10)).toEqual([recordOf(1)]);
    });
  });
}

const recordOf = (number: number): ReleaseRecord => ({
  service: 'shop',
  release: `sha256:${String(number).repeat(64)}`,
  image: `shop:${number}`,
  outcome: 'promoted',
  reason: 'it fails under 1 %',
  execution: `arn:aws:states:us-east-1:000000000000:execution:deploy:${number}`,
  requestedAt: 1000 * number,
  at: 1000 * number + 500,
});

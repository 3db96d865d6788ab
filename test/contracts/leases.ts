import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Leases } from '../../functions/ports/leases.ts';

interface LeasesContract {
  readonly name: string;
  /** `reopen` gives the leases as a process sees them that starts now; missing where nothing outlives the process. */
  readonly setup: (clock: Clock) => Promise<{ readonly leases: Leases; readonly reopen?: () => Promise<Leases> }>;
  readonly teardown?: () => Promise<void>;
}

/** What `Leases` promises, sentence by sentence. Every implementation runs it. */
export function leasesContract(contract: LeasesContract): void {
  describe(`${contract.name} as Leases`, () => {
    let now = 0;
    let leases: Leases;
    let reopen: (() => Promise<Leases>) | undefined;
    beforeEach(async () => {
      now = 1_000_000;
      ({ leases, reopen } = await contract.setup({ now: () => now }));
    });
    afterEach(() => contract.teardown?.());

    it('gives a free lease, with epoch 1 the first time', async () => {
      const lease = await leases.acquire('shop', 'a', 60);

      expect(lease).toEqual({ name: 'shop', owner: 'a', epoch: 1, expiresAt: 1_060_000 });
      expect(await leases.read('shop')).toEqual(lease);
      expect(await leases.read('other')).toBeUndefined();
    });

    it('gives the holder its own lease again, extended, with the same epoch', async () => {
      await leases.acquire('shop', 'a', 60);
      now += 30_000;

      expect(await leases.acquire('shop', 'a', 60)).toMatchObject({ epoch: 1, expiresAt: 1_090_000 });
    });

    it('refuses it to another owner, naming the holder and when it ends', async () => {
      await leases.acquire('shop', 'a', 60);

      await expect(leases.acquire('shop', 'b', 60)).rejects.toMatchObject({
        name: 'Pointsman.LeaseHeld',
        message: 'shop: a holds the lease until 1970-01-01T00:17:40.000Z, with epoch 1; ask again when it is done',
      });
      expect(await leases.read('shop')).toMatchObject({ owner: 'a' });
    });

    it('gives an expired lease to another owner, with a higher epoch', async () => {
      await leases.acquire('shop', 'a', 60);
      now += 60_000;

      expect(await leases.acquire('shop', 'b', 60)).toMatchObject({ owner: 'b', epoch: 2 });
    });

    it('still shows an expired lease until it is taken, and renews it', async () => {
      await leases.acquire('shop', 'a', 60);
      now += 3_600_000;

      expect(await leases.read('shop')).toMatchObject({ owner: 'a', expiresAt: 1_060_000 });
      expect(await leases.renew('shop', 'a', 1, 60)).toMatchObject({ epoch: 1, expiresAt: 4_660_000 });
    });

    it('renews for nobody but the holder with its epoch', async () => {
      await leases.acquire('shop', 'a', 60);
      now += 60_000;
      await leases.acquire('shop', 'b', 60);

      const lost = { name: 'Pointsman.LeaseLost' };
      await expect(leases.renew('shop', 'a', 1, 60)).rejects.toMatchObject(lost);
      await expect(leases.renew('shop', 'b', 1, 60)).rejects.toMatchObject(lost);
      await expect(leases.renew('other', 'b', 1, 60)).rejects.toMatchObject(lost);
      expect(await leases.read('shop')).toMatchObject({ owner: 'b', epoch: 2 });
    });

    it('releases, also twice, and never the lease of somebody else', async () => {
      await leases.acquire('shop', 'a', 60);
      await leases.release('shop', 'a', 1);
      await leases.release('shop', 'a', 1);
      expect(await leases.read('shop')).toBeUndefined();

      await leases.acquire('shop', 'b', 60);
      await leases.release('shop', 'a', 1);
      await leases.release('shop', 'b', 1);
      expect(await leases.read('shop')).toMatchObject({ owner: 'b' });
    });

    it('gives a new holder an epoch higher than every one before, also after releases, also to the same owner', async () => {
      const epochs: number[] = [];
      for (const owner of ['a', 'b', 'b', 'a']) {
        const { epoch } = await leases.acquire('shop', owner, 60);
        epochs.push(epoch);
        await leases.release('shop', owner, epoch);
      }

      expect(epochs).toEqual([1, 2, 3, 4]);
    });

    it('gives a lease that many ask for at once to one of them', async () => {
      const asked = await Promise.allSettled(['a', 'b', 'c', 'd'].map((owner) => leases.acquire('shop', owner, 60)));

      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('keeps leases and epochs over a restart', async (test) => {
      test.skip(!reopen, 'nothing outlives the process');
      await leases.acquire('shop', 'a', 60);
      await leases.acquire('mail', 'a', 60);
      await leases.release('mail', 'a', 1);
      const again = (await reopen?.()) ?? leases;

      expect(await again.read('shop')).toMatchObject({ owner: 'a', epoch: 1 });
      expect(await again.acquire('mail', 'b', 60)).toMatchObject({ epoch: 2 });
    });
  });
}

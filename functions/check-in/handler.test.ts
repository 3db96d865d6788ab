import { describe, expect, it } from 'vitest';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { checkIn } from './handler.ts';

const input = { lease: 'shop', owner: 'rollout', epoch: 1, ttlSeconds: 60 };

async function ports() {
  let now = 0;
  const leases = memoryLeases({ now: () => now });
  await leases.acquire('shop', 'rollout', 60);
  return { leases, orders: memoryRunOrders(), wait: (seconds: number) => void (now += 1000 * seconds) };
}

describe('checkIn', () => {
  it('extends the lease', async () => {
    const world = await ports();
    world.wait(50);

    expect(await checkIn.run(input, world, idleCall)).toEqual({
      order: 'none',
      by: '',
      reason: '',
      allowLoss: null,
      at: 0,
      expiresAt: 110_000,
    });
  });

  it('brings what a person ordered', async () => {
    const world = await ports();
    await world.orders.give({ execution: 'rollout', order: 'abort', by: 'operator', reason: 'wrong release', at: 5 });

    expect(await checkIn.run(input, world, idleCall)).toMatchObject({
      order: 'abort',
      by: 'operator',
      reason: 'wrong release',
    });
  });

  it('fails with LeaseLost when somebody else took the lease', async () => {
    const world = await ports();
    world.wait(61);
    await world.leases.acquire('shop', 'other', 60);

    await expect(checkIn.run(input, world, idleCall)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
  });
});

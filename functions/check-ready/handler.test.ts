import { describe, expect, it } from 'vitest';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import type { ReleaseTarget } from '../ports/release-target.ts';
import type { RunOrders } from '../ports/run-orders.ts';
import { checkReady } from './handler.ts';

const release = `sha256:${'2'.repeat(64)}`;
const check = (target: ReleaseTarget, now = 0, orders: RunOrders = memoryRunOrders()) =>
  checkReady.run(
    { service: 'shop', release, instances: 2, readyBy: 5000, owner: 'deploy-2', epoch: 1 },
    { target, clock: { now: () => now }, orders },
    idleCall,
  );

async function started() {
  const target = memoryReleaseTarget();
  await target.startCandidate('shop', release, 2, 1);
  return target;
}

describe('checkReady', () => {
  it('succeeds when all instances are ready', async () => {
    const target = await started();
    target.becomeReady(release);

    expect(await check(target)).toEqual({ ready: 2 });
  });

  it('fails with NotReady until they are', async () => {
    await expect(check(await started())).rejects.toMatchObject({
      name: 'Pointsman.NotReady',
      message: '0 of 2 instances are ready; shop-1: started',
    });
  });

  it('fails with NeverReady when the time for it is over', async () => {
    await expect(check(await started(), 5000)).rejects.toMatchObject({ name: 'Pointsman.NeverReady' });
  });

  it('fails with Aborted when a person gave up on the release, ready or not', async () => {
    const orders = memoryRunOrders();
    await orders.give({ execution: 'deploy-2', order: 'abort', by: 'the one on call', reason: 'wrong image', at: 1 });
    const target = await started();
    target.becomeReady(release);

    await expect(check(target, 0, orders)).rejects.toMatchObject({
      name: 'Pointsman.Aborted',
      message: 'aborted by the one on call: wrong image',
    });
  });

  it('starts an instance again that exited', async () => {
    const target = await started();
    target.exit('shop-2', 'exited with code 1 after 0.4 s');

    await expect(check(target)).rejects.toMatchObject({ name: 'Pointsman.NotReady' });
    expect((await target.observe('shop')).instances.map(({ id, phase }) => `${id} ${phase}`)).toEqual([
      'shop-1 starting',
      'shop-3 starting',
    ]);
  });

  it('fails with CandidateCrashed when the target gave up on an instance', async () => {
    const target = await started();
    target.exit('shop-2', 'exited with code 1 after 0.4 s; not started again');

    await expect(check({ ...target, startCandidate: target.observe })).rejects.toMatchObject({
      name: 'Pointsman.CandidateCrashed',
      message: expect.stringContaining('shop-2: exited with code 1 after 0.4 s; not started again'),
    });
  });

  it('brings the last log lines', async () => {
    const target = await started();
    const observe = async (service: string) => {
      const state = await target.observe(service);
      return {
        ...state,
        instances: state.instances.map((each) => ({ ...each, lastLogLines: ['reading shop.db', 'no such table'] })),
      };
    };

    await expect(check({ ...target, observe })).rejects.toThrow('its last lines:\nreading shop.db\nno such table');
  });
});

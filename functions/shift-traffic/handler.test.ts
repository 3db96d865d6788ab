import { beforeEach, describe, expect, it } from 'vitest';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { shiftTraffic } from './handler.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = [digest('1'), digest('2')];
const input = { service: 'shop', stable: one, candidate: two, percent: 10, instances: 2, epoch: 5 };

describe('shiftTraffic', () => {
  let target: ReturnType<typeof memoryReleaseTarget>;
  let router: ReturnType<typeof memoryTrafficRouter>;
  const shift = (change: Partial<typeof input> = {}) =>
    shiftTraffic.run({ ...input, ...change }, { target, router }, idleCall);
  beforeEach(async () => {
    target = memoryReleaseTarget();
    router = memoryTrafficRouter();
    await target.startCandidate('shop', one, 1, 1);
    target.becomeReady(one);
    await target.promote('shop', one, 1);
    await target.startCandidate('shop', two, 2, 5);
  });

  it('refuses weight before every instance of the candidate is ready', async () => {
    await expect(shift()).rejects.toMatchObject({
      name: 'Pointsman.NotReady',
      message: `shop: asked to send 10 % to ${two}, of which 0 of 2 instances are ready`,
    });
    expect(await router.observe('shop')).toMatchObject({ version: 0 });
  });

  it('points both arms to the instances that are ready now', async () => {
    target.becomeReady(two);

    expect(await shift()).toEqual({ percent: 10, version: 1 });
    expect(await router.observe('shop')).toMatchObject({
      epoch: 5,
      stable: { release: one, upstreams: ['http://shop-1.test'] },
      candidate: { release: two, upstreams: ['http://shop-2.test', 'http://shop-3.test'] },
      candidatePercent: 10,
    });
  });

  it('changes nothing when repeated', async () => {
    target.becomeReady(two);
    await shift();

    expect(await shift()).toEqual({ percent: 10, version: 1 });
  });

  it('writes an unchanged route once more for a new lease holder, which shuts the one before out', async () => {
    target.becomeReady(two);
    await shift();
    await shift({ epoch: 6 });

    await expect(shift({ percent: 20 })).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
  });

  it('forgets the candidate at 0 %', async () => {
    target.becomeReady(two);
    await shift();
    await shift({ percent: 0 });

    expect(await router.observe('shop')).toMatchObject({
      stable: { release: one },
      candidate: undefined,
      candidatePercent: 0,
    });
  });

  it('leaves traffic where it is when stable has no ready instance', async () => {
    target.becomeReady(two);
    await shift();
    target.exit('shop-1', 'exited with code 9');

    await expect(shift({ percent: 0 })).rejects.toMatchObject({ name: 'Pointsman.NoCapacity' });
    expect(await router.observe('shop')).toMatchObject({ candidatePercent: 10 });
  });

  it('fails with NotServed when the router serves something else than it took', async () => {
    target.becomeReady(two);
    const before = await router.observe('shop');
    const forgetful = { ...router, observe: async () => before };

    await expect(shiftTraffic.run(input, { target, router: forgetful }, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.NotServed',
      message: `shop: asked for 10 % to ${two}, the rest to ${one}, the router serves all to nothing; observe it and decide again`,
    });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { retireReleases } from './handler.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = [digest('1'), digest('2')];
const input = { service: 'shop', keep: [one], evenInFlight: false, epoch: 5 };

const route = (candidatePercent: number) => ({
  stable: { release: one, upstreams: ['http://shop-1.test'] },
  candidate: { release: two, upstreams: ['http://shop-2.test'] },
  candidatePercent,
});

describe('retireReleases', () => {
  let target: ReturnType<typeof memoryReleaseTarget>;
  let router: ReturnType<typeof memoryTrafficRouter>;
  const retire = (change: Partial<typeof input> = {}) =>
    retireReleases.run({ ...input, ...change }, { target, router }, idleCall);
  beforeEach(async () => {
    target = memoryReleaseTarget({ readyAtOnce: true });
    router = memoryTrafficRouter();
    await target.startCandidate('shop', one, 1, 1);
    await target.promote('shop', one, 1);
    await target.startCandidate('shop', two, 1, 5);
    await router.change('shop', 0, 5, route(0));
  });

  it('refuses to end what the router sends requests to', async () => {
    await router.change('shop', 1, 5, route(10));

    await expect(retire()).rejects.toMatchObject({
      name: 'Pointsman.StillServed',
      message: expect.stringContaining('served 10 %'),
    });
    await expect(retire({ keep: [two] })).rejects.toMatchObject({ name: 'Pointsman.StillServed' });
  });

  it('waits for requests that are being answered, unless told not to', async () => {
    const latency = { boundsMs: [10], counts: [9, 0], waiting: [1, 0] };
    const counts = { requests: 10, errors: 0, abandoned: 0, inFlight: 1 };
    router.setCounters('shop', [{ release: two, ...counts, latency, upstreams: [] }]);

    await expect(retire()).rejects.toMatchObject({ name: 'Pointsman.StillDraining' });
    expect((await target.observe('shop')).instances.map(({ phase }) => phase)).toEqual(['ready', 'ready']);
    await expect(retire({ evenInFlight: true })).rejects.toMatchObject({ name: 'Pointsman.StillStopping' });
  });

  it('fails with StillStopping until the instances are gone, and succeeds then', async () => {
    await expect(retire()).rejects.toMatchObject({
      message: 'shop: asked to end and not gone yet: shop-2 (asked to end)',
    });
    target.end(two);

    expect(await retire()).toEqual({ retired: [] });
    expect(await target.observe('shop')).toMatchObject({ stable: one, candidate: undefined });
  });

  it('refuses to end the stable release even when no route names it', async () => {
    await router.change('shop', 1, 5, { stable: undefined, candidate: undefined, candidatePercent: 0 });

    await expect(retire({ keep: [] })).rejects.toMatchObject({ name: 'Pointsman.LastCapacity' });
  });

  it('ends nothing while the router cannot be reached', async () => {
    router.setReachable(false);

    await expect(retire()).rejects.toMatchObject({ name: 'Pointsman.RouterUnreachable' });
    expect((await target.observe('shop')).instances.map(({ phase }) => phase)).toEqual(['ready', 'ready']);
  });
});

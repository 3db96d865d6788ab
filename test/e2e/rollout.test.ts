import { beforeEach, describe, expect, it } from 'vitest';
import { StepFailure } from '../../functions/step-failure.ts';
import { rolloutWorld } from '../support/rollout-world.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two, three] = [digest('1'), digest('2'), digest('3')];

type World = ReturnType<typeof rolloutWorld>;

async function withStable(world: World): Promise<World> {
  world.images.push('shop', '1', one);
  expect(await world.deploy({ reference: '1' })).toMatchObject({ status: 'SUCCEEDED' });
  return world;
}

const servesOnly = (release: string) => ({ stable: { release }, candidate: undefined, candidatePercent: 0 });

describe('a deployment', () => {
  let world: World;
  beforeEach(async () => {
    world = await withStable(rolloutWorld());
    world.images.push('shop', '2', two);
  });

  it('starts, readies and serves the first release without a canary', async () => {
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
    expect(await world.target.observe('shop')).toMatchObject({ stable: one, candidate: undefined });
    expect(world.traffic.shares).toEqual([]);
    expect(await world.leases.read('shop')).toBeUndefined();
  });

  it('promotes a good release step by step, and ends the old one', async () => {
    const { status, output = '' } = await world.deploy({ reference: '2', digest: two });

    expect({ status, ...JSON.parse(output) }).toMatchObject({ status: 'SUCCEEDED', outcome: 'promoted', release: two });
    expect(world.traffic.shares).toEqual([10, 50, 100, 0]);
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(two));
    const { stable, instances } = await world.target.observe('shop');
    expect({ stable, releases: instances.map(({ release }) => release) }).toEqual({
      stable: two,
      releases: [two, two],
    });
    expect(await world.ledger.list('shop', 1)).toMatchObject([{ release: two, outcome: 'promoted', image: 'shop:2' }]);
    expect(world.notifier.notices.at(-1)).toMatchObject({ severity: 'info', title: 'shop: shop:2 is promoted' });
    expect(await world.leases.read('shop')).toBeUndefined();
  });

  it('takes a failing release back after few failed requests, and fails saying why', async () => {
    world.traffic.behave(two, { errorRate: 0.1 });
    const summary = await world.deploy({ reference: '2' });

    expect(summary).toMatchObject({ status: 'FAILED', error: 'Pointsman.TakenBack' });
    expect(summary.cause).toMatch(/^shop:2 was taken back: it fails more than stable: 10 % \(\d+ of \d+\) failed/);
    expect(world.traffic.failed()).toBeLessThanOrEqual(10);
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
    expect((await world.target.observe('shop')).instances.map(({ release }) => release)).toEqual([one, one]);
  });

  it('takes a slow release back', async () => {
    world.traffic.behave(two, { latencyMs: 300 });

    expect((await world.deploy({ reference: '2' })).cause).toContain('it is slower than stable');
  });

  it('takes a release that hangs back before its clients have given up', async () => {
    world.traffic.behave(two, { hangRate: 1 });
    const { error, cause } = await world.deploy({ reference: '2' });

    expect({ error, cause }).toEqual({
      error: 'Pointsman.TakenBack',
      cause: expect.stringMatching(/^shop:2 was taken back: it is slower than stable: 100 % .* slow or unanswered, of/),
    });
    expect(world.traffic.sentTo(two)).toBeLessThanOrEqual(60);
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
  });

  it('takes a release that hangs back because its impatient clients gave up, and says so', async () => {
    world = await withStable(rolloutWorld({ patienceMs: 0 }));
    world.images.push('shop', '2', two);
    world.traffic.behave(two, { hangRate: 0.9 });

    expect((await world.deploy({ reference: '2' })).cause).toMatch(
      /^shop:2 was taken back: clients gave up on \d+ of \d+ requests, of stable's 0 of \d+$/,
    );
    expect(world.traffic.sentTo(two)).toBeLessThanOrEqual(60);
  });

  it('promotes a release whose clients give up as often as those of stable', async () => {
    for (const release of [one, two]) world.traffic.behave(release, { hangRate: 0.1 });

    expect(JSON.parse((await world.deploy({ reference: '2' })).output ?? '')).toMatchObject({ outcome: 'promoted' });
  });

  it('tries a release that was taken back again only when asked to retry', async () => {
    world.traffic.behave(two, { errorRate: 0.1 });
    await world.deploy({ reference: '2' });
    world.traffic.behave(two, { errorRate: 0 });
    const again = await world.deploy({ reference: '2' });
    const retry = await world.deploy({ reference: '2', retry: true });

    expect(again.status).toBe('FAILED');
    expect(JSON.parse(retry.output ?? '')).toMatchObject({ outcome: 'promoted' });
  });

  it('fails for a release that was taken back before, naming the command that tries it again and the first reason', async () => {
    world.traffic.behave(two, { errorRate: 0.1 });
    await world.deploy({ reference: '2' });
    await world.deploy({ reference: '2' });
    const third = await world.deploy({ reference: '2' });

    expect(third).toMatchObject({
      status: 'FAILED',
      error: 'Pointsman.TakenBack',
      cause: expect.stringMatching(
        /^shop:2 is refused: it was taken back before and is tried again only when asked: pointsman deploy start shop --reference 2 --retry\. Then: it fails more/,
      ),
    });
    expect((await world.ledger.list('shop', 4)).map(({ outcome }) => outcome)).toEqual([
      'refused',
      'refused',
      'taken-back',
      'promoted',
    ]);
    expect(world.notifier.notices.at(-1)).toMatchObject({ severity: 'warning', title: 'shop: shop:2 is refused' });
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
  });

  it('names the canary after itself', async () => {
    const deployment = await world.deploy({ reference: '2' });
    const { items } = await world.store.list({ limit: 10 });

    expect(items.map(({ name }) => name)).toContain(`${deployment.name}-canary`);
  });

  it('changes nothing for the release that is stable already', async () => {
    const { output = '' } = await world.deploy({ reference: '1' });

    expect(JSON.parse(output)).toMatchObject({ outcome: 'unchanged', reason: 'it is the stable release already' });
  });

  it('ends as superseded when the tag was pushed again while it waited for the lease', async () => {
    const first = await world.start({ reference: '2', digest: two });
    const second = await world.start({ reference: '2', digest: digest('4') });
    world.images.push('shop', '2', three);
    const third = await world.start({ reference: '2', digest: three });

    expect(JSON.parse((await world.pass(second)).output ?? '')).toMatchObject({ outcome: 'superseded' });
    expect(JSON.parse((await world.pass(third)).output ?? '')).toMatchObject({ outcome: 'promoted', release: three });
    expect(await world.pass(first)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('fails without touching anything when there is no such image', async () => {
    const summary = await world.deploy({ reference: '9' });

    expect(summary).toMatchObject({ status: 'FAILED', error: 'Pointsman.DeployFailed' });
    expect(summary.cause).toContain('the registry has no image shop:9');
    expect(await world.leases.read('shop')).toBeUndefined();
  });
});

describe('a rollout under way', () => {
  let world: World;
  let rollout: string;
  const underWay = async () => {
    world.images.push('shop', '2', two);
    rollout = await world.start({ reference: '2' });
    await world.pass(rollout, () => world.traffic.shares.includes(10));
  };

  it('obeys an order to abort', async () => {
    world = await withStable(rolloutWorld());
    await underWay();
    await world.orders.give({ execution: rollout, order: 'abort', by: 'operator', reason: 'wrong release', at: 0 });

    expect((await world.pass(rollout)).cause).toBe('shop:2 was taken back: aborted by operator: wrong release');
    expect(world.traffic.shares).toEqual([10, 0]);
  });

  it('obeys an order to abort while the release becomes ready', async () => {
    let isReady = true;
    world = rolloutWorld({ readyAtOnce: false, before: () => void (isReady && world.target.becomeReady(one)) });
    await withStable(world);
    isReady = false;
    world.images.push('shop', '2', two);
    const execution = await world.start({ reference: '2' });
    await world.orders.give({ execution, order: 'abort', by: 'operator', reason: 'wrong release', at: 0 });

    expect((await world.pass(execution)).cause).toBe(
      'shop:2 was taken back: Pointsman.Aborted: aborted by operator: wrong release',
    );
  });

  it('obeys an order to promote, from any step', async () => {
    world = await withStable(rolloutWorld());
    await underWay();
    await world.orders.give({ execution: rollout, order: 'promote', by: 'operator', reason: 'urgent', at: 0 });

    expect(JSON.parse((await world.pass(rollout)).output ?? '')).toMatchObject({
      outcome: 'promoted',
      reason: 'promoted by operator: urgent',
    });
    expect(world.traffic.shares).toEqual([10, 100, 0]);
  });

  it('holds while the counters are out of reach, tells once, and goes on when they are back', async () => {
    let isBlind = false;
    world = await withStable(rolloutWorld());
    const { counters } = world.router;
    Object.assign(world.router, {
      counters: async (service: string) => {
        if (isBlind) throw new StepFailure('Pointsman.RouterUnreachable', 'no answer from the router');
        return counters(service);
      },
    });
    await underWay();
    isBlind = true;
    let ticks = 0;
    await world.pass(rollout, () => ++ticks > 40);
    expect(world.traffic.shares).toEqual([10]);
    expect(world.notifier.notices.filter(({ key }) => key.endsWith('/blind'))).toHaveLength(1);
    isBlind = false;

    expect(await world.pass(rollout)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('stops touching the world when its lease is lost', async () => {
    world = await withStable(rolloutWorld());
    await underWay();
    const lease = await world.leases.read('shop');
    await world.leases.release('shop', lease?.owner ?? '', lease?.epoch ?? 0);
    await world.leases.acquire('shop', 'somebody else', 1000);
    const before = await world.router.observe('shop');

    expect(await world.pass(rollout)).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining('Pointsman.LeaseLost'),
    });
    expect(await world.router.observe('shop')).toEqual(before);
    expect(await world.leases.read('shop')).toMatchObject({ owner: 'somebody else' });
  });

  it('is cleared away by the next deployment when it was stopped half-way', async () => {
    world = await withStable(rolloutWorld());
    await underWay();
    await world.stop(rollout);
    expect(await world.router.observe('shop')).toMatchObject({ candidatePercent: 10 });

    expect(JSON.parse((await world.deploy({ reference: '1' })).output ?? '')).toMatchObject({ outcome: 'unchanged' });
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
    expect(await world.target.observe('shop')).toMatchObject({ stable: one, candidate: undefined });
  });
});

describe('a release that does not work out', () => {
  it('is taken back with its reason and last log lines when it never becomes ready', async () => {
    let isReady = true;
    const world = rolloutWorld({ readyAtOnce: false, before: () => void (isReady && world.target.becomeReady(one)) });
    await withStable(world);
    isReady = false;
    world.images.push('shop', '2', two);
    const { cause } = await world.deploy({ reference: '2' });

    expect(cause).toContain('shop:2 was taken back: Pointsman.NeverReady: shop: 0 of 2 instances');
    expect(cause).toContain('it logged nothing');
    expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
  });

  it('is taken back when the target gives up on an instance that crashes', async () => {
    const world = rolloutWorld({ readyAtOnce: false, before: () => world.target.becomeReady(one) });
    await withStable(world);
    world.images.push('shop', '2', two);
    const { startCandidate } = world.target;
    Object.assign(world.target, {
      startCandidate: async (...asked: Parameters<typeof startCandidate>) => {
        const { instances } = await startCandidate(...asked);
        for (const { id, release } of instances)
          if (release === two) world.target.exit(id, 'exited with code 1 after 0.4 s');
        return world.target.observe('shop');
      },
    });

    expect((await world.deploy({ reference: '2' })).cause).toMatch(
      /CandidateCrashed: .*exited with code 1 after 0.4 s/,
    );
  });

  it('is inconclusive without traffic, and taken back when the time is over', async () => {
    const world = await withStable(rolloutWorld());
    world.images.push('shop', '2', two);
    Object.assign(world.router, { counters: async () => [] });

    expect((await world.deploy({ reference: '2' })).cause).toBe(
      'shop:2 was taken back: inconclusive after 120 s: no traffic reached the candidate since the last look',
    );
  });
});

describe('a step function that fails in the middle', () => {
  it.each(['judge-canary', 'check-in', 'shift-traffic', 'start-candidate', 'check-ready'])(
    'takes the candidate back when %s fails for good',
    async (broken) => {
      let isBroken = false;
      const world = rolloutWorld({
        before(name, input) {
          const isWayBack = name === 'shift-traffic' && JSON.stringify(input).includes('"percent":0');
          if (isBroken && name === broken && !isWayBack) throw new TypeError('it broke');
        },
      });
      await withStable(world);
      world.images.push('shop', '2', two);
      isBroken = true;

      expect(await world.deploy({ reference: '2' })).toMatchObject({
        error: 'Pointsman.TakenBack',
        cause: expect.stringContaining('it broke'),
      });
      expect(await world.router.observe('shop')).toMatchObject(servesOnly(one));
      expect((await world.target.observe('shop')).candidate).toBeUndefined();
    },
  );

  it('never ends capacity before the router, read back, has let go of it', async () => {
    let isBroken = false;
    const world = rolloutWorld({
      before(name) {
        if (isBroken && name === 'judge-canary') throw new TypeError('it broke');
      },
    });
    await withStable(world);
    world.images.push('shop', '2', two);
    isBroken = true;
    const { retire } = world.target;
    const shareAtRetire: number[] = [];
    Object.assign(world.target, {
      retire: async (...asked: Parameters<typeof retire>) => {
        shareAtRetire.push((await world.router.observe('shop')).candidatePercent);
        return retire(...asked);
      },
    });
    await world.deploy({ reference: '2' });

    expect(shareAtRetire).toEqual([0]);
  });

  it('fails loudly when traffic cannot be taken away, after trying for hours', async () => {
    let isBroken = false;
    const world = rolloutWorld({
      before(name) {
        if (isBroken && (name === 'judge-canary' || name === 'shift-traffic')) throw new TypeError('it broke');
      },
    });
    await withStable(world);
    world.images.push('shop', '2', two);
    isBroken = true;
    const startedAt = world.clock.now();
    const summary = await world.deploy({ reference: '2' });

    expect(summary).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('Pointsman.Stuck') });
    expect(world.clock.now() - startedAt).toBeGreaterThan(3_600_000);
    expect(world.notifier.notices).toContainEqual(
      expect.objectContaining({ severity: 'critical', key: expect.stringContaining('/stuck') }),
    );
  });
});

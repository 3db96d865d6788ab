import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ISOLATION, write } from '../../../test/support/rds/rds-hands.ts';
import { RESTORABLE_LAG_MS } from '../../../test/support/rds/rds-model.ts';
import { keyIn, rdsWorld, type RdsWorld } from '../../../test/support/rds/rds-world.ts';
import { rdsGroup, type RdsGroup } from './index.ts';

// What the contracts cannot say: what is asked of the platform, and how often. Against a model of it.

let world: RdsWorld;
let adapters: RdsGroup;
const opened: RdsGroup[] = [];

function open(given: { readonly withData: boolean } = { withData: true }): RdsGroup {
  const { group, settings, model, data } = world;
  const made = rdsGroup(group, settings, model.clock, given.withData ? data : undefined);
  opened.push(made);
  return made;
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of opened.splice(0)) each.close();
  await world.fake.stop();
});

async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let calls = 1; ; calls++)
    try {
      return await call();
    } catch (thrown) {
      if (calls > 200 || !(thrown instanceof Error) || thrown.name !== 'Pointsman.StillWorking') throw thrown;
    }
}
const failure = (name: string) => expect.objectContaining({ name: `Pointsman.${name}` });
const done = (action: string) => world.fake.done.get(action) ?? 0;
const backup = (id: string, epoch = 1) =>
  ({ id, group: 'shop', site: 'north', kind: 'full', parent: null, epoch }) as const;

describe('a group on RDS instances', () => {
  beforeEach(async () => {
    world = await rdsWorld('rds');
    adapters = open();
  });

  it('promotes once though the answer was lost, and looks until the change shows', async () => {
    world.fake.loseAnswer('PromoteReadReplica');

    await expect(adapters.store.promote('shop', 'south', 1, undefined)).rejects.toEqual(failure('StillWorking'));
    expect(world.database('south').status).toBe('available'); // as right after the real call
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));
    expect(done('PromoteReadReplica')).toBe(1);
  });

  it('asks again when nothing has shown for as long as it was told to look', async () => {
    world.fake.drop('PromoteReadReplica');
    const promote = () => adapters.store.promote('shop', 'south', 1, undefined);
    await expect(promote()).rejects.toEqual(failure('StillWorking'));
    world.model.clock.advance(60_000);
    await expect(promote()).rejects.toMatchObject({ message: expect.stringContaining('has not shown yet') });
    expect(done('PromoteReadReplica')).toBe(0);
    world.model.clock.advance(70_000);

    expect(await patiently(promote)).toMatchObject({ site: 'south' });
    expect(done('PromoteReadReplica')).toBe(1);
  });

  it('asks again at once when a promotion was throttled, for then nothing was done', async () => {
    world.fake.throttle('PromoteReadReplica');
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));

    expect(done('PromoteReadReplica')).toBe(1);
  });

  it('goes on from tags alone: another process takes a promotion over', async () => {
    await expect(adapters.store.promote('shop', 'south', 1, undefined)).rejects.toEqual(failure('StillWorking'));
    const promotion = await patiently(() => open().store.promote('shop', 'south', 1, undefined));

    expect(done('PromoteReadReplica')).toBe(1);
    expect(promotion.site).toBe('south');
  });

  it('promotes with automated backups, so that the new primary can be restored to a moment', async () => {
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));

    expect(world.database('south').retention).toBe(7);
  });

  it('ends sessions that outlive their security group before it calls a site isolated', async () => {
    const north = world.database('north');
    write(world.model, north, [{ change: 'insert', id: 1 }]);
    await expect(adapters.store.fence('shop', 'north', 1, 'isolate')).rejects.toEqual(failure('StillWorking'));
    world.model.clock.advance(60_000);
    expect(north.groups).toEqual([{ id: ISOLATION, status: 'active' }]);
    write(world.model, north, [{ change: 'insert', id: 2 }]); // its open connection goes on

    expect(await patiently(() => adapters.store.fence('shop', 'north', 1, 'isolate'))).toMatchObject({
      confirmed: true,
    });
    expect(() => write(world.model, north, [{ change: 'insert', id: 3 }])).toThrow('takes no writes');
    expect(done('RebootDBInstance')).toBe(1);
  });

  it('gives back the groups it had', async () => {
    await patiently(() => adapters.store.freeze('shop', 'north', 1));
    await patiently(() => adapters.store.thaw('shop', 'north', 1));

    expect(world.database('north').groups).toEqual([{ id: 'sg-shop', status: 'active' }]);
  });

  it('confirms no fence of a region that does not answer, and observes it as silent', async () => {
    world.fake.silence('eu-north-1', true);
    const { sites } = await adapters.store.observe('shop');

    expect(sites.map(({ site, reach }) => [site, reach])).toEqual([
      ['north', 'silent'],
      ['south', 'answers'],
    ]);
    for (const level of ['refuse-writes', 'stop', 'isolate', 'lease-expiry'] as const)
      expect(await adapters.store.fence('shop', 'north', 1, level)).toMatchObject({ level, confirmed: false });
    await expect(adapters.store.freeze('shop', 'north', 1)).rejects.toEqual(failure('SiteUnreachable'));
  });

  it('fails over while the region of the primary is silent', async () => {
    world.fake.silence('eu-north-1', true);

    expect(await patiently(() => adapters.store.promote('shop', 'south', 1, undefined))).toMatchObject({
      site: 'south',
    });
  });

  it('stops what nothing replicates from any more, and says for how long', async () => {
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));
    const result = await patiently(() => adapters.store.fence('shop', 'north', 1, 'stop'));

    expect(result).toMatchObject({ confirmed: true, evidence: expect.stringContaining('seven days') });
    expect(world.database('north').groups).toEqual([{ id: ISOLATION, status: 'active' }]); // for when it is started again
  });

  it('says who is not allowed, and never that the site is down', async () => {
    world.fake.refuse('DescribeDBInstances', 'AccessDenied');

    await expect(adapters.store.observe('shop')).rejects.toEqual(failure('AccessDenied'));
  });

  it('without access to the data shows no position, proves no end, and refuses what needs rows by name', async () => {
    const { store } = open({ withData: false });
    const [north] = (await store.observe('shop')).sites;

    expect(north).toMatchObject({ reach: 'answers', received: undefined });
    expect(await patiently(() => store.freeze('shop', 'north', 1))).toBeUndefined();
    await expect(patiently(() => store.stop('shop', 'north', 1))).rejects.toEqual(failure('NotOffered'));
    await expect(store.probe('shop', 'south', 1)).rejects.toEqual(failure('NotOffered'));
    await expect(store.contents('shop', 'south')).rejects.toEqual(failure('NotOffered'));
  });

  it('leaves the quarantined instance isolated under another name, and deletes nothing', async () => {
    await patiently(() => adapters.store.fence('shop', 'north', 1, 'isolate'));
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));
    const { quarantine } = await patiently(() => adapters.store.rebuild('shop', 'north', 'south', 1));
    const aside = world.model.find('instance', 'eu-north-1', quarantine ?? '');

    expect(aside.groups).toEqual([{ id: ISOLATION, status: 'active' }]);
    expect(done('DeleteDBInstance')).toBe(0);
    expect(world.database('north').groups).toEqual([{ id: 'sg-shop', status: 'active' }]);
  });

  it('does not start what others stopped, to put it aside: it would take writes', async () => {
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));
    world.database('north').status = 'stopped';

    await expect(patiently(() => adapters.store.rebuild('shop', 'north', 'south', 1))).rejects.toEqual(
      failure('NotFenced'),
    );
  });

  it('deletes no database that does not bear the mark of the rehearsal', async () => {
    world.database('south').id = 'pm-shop-south-drill';

    await expect(adapters.store.unstage('shop--drill')).rejects.toEqual(failure('NotScratch'));
  });

  it('takes a snapshot once though the answer was lost', async () => {
    world.fake.loseAnswer('CreateDBSnapshot');
    const { id } = await patiently(() => adapters.backups.take(backup('one')));

    expect([id, done('CreateDBSnapshot')]).toEqual(['one', 1]);
  });

  it('takes no snapshot of somebody else for its own', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    const [snapshot] = world.model.snapshots;
    snapshot?.tags.set('pointsman:backup', 'other');

    await expect(adapters.backups.take(backup('one'))).rejects.toEqual(failure('Refused'));
    await expect(adapters.backups.remove('shop', 'one', 'north')).rejects.toEqual(failure('Refused'));
  });

  it('copies in the region it copies to, under a key of that region, with a signed URL of the other', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    await patiently(() => adapters.backups.copy('shop', 'one', 'north', 'south'));

    expect(world.model.snapshots.map(({ region, kmsKey }) => [region, kmsKey])).toEqual([
      ['eu-north-1', keyIn('eu-north-1').replace(/eu-north-1$/, 'default')],
      ['eu-south-1', keyIn('eu-south-1')],
    ]);
  });

  it('names a key that cannot be used', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    world.model.lockedKeys.add(keyIn('eu-south-1'));

    await expect(patiently(() => adapters.backups.copy('shop', 'one', 'north', 'south'))).rejects.toEqual(
      failure('KeyUnavailable'),
    );
  });

  it('names a quota that is used up', async () => {
    world.fake.refuse('CreateDBSnapshot', 'SnapshotQuotaExceeded');

    await expect(adapters.backups.take(backup('one'))).rejects.toEqual(failure('QuotaExceeded'));
  });

  it('does not delete a snapshot that is being copied: the copy would die with it', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    await expect(adapters.backups.copy('shop', 'one', 'north', 'south')).rejects.toEqual(failure('StillWorking'));
    await expect(adapters.backups.remove('shop', 'one', 'north')).rejects.toEqual(failure('StillWorking'));
    await patiently(() => adapters.backups.remove('shop', 'one', 'north'));

    expect(world.model.snapshots.map(({ region, status }) => [region, status])).toEqual([['eu-south-1', 'available']]);
  });

  it('lists more backups than fit on a page', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await patiently(() => adapters.backups.take(backup(id)));

    expect((await adapters.backups.list('shop', 'north')).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses a moment that the platform has not archived yet', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    world.model.clock.advance(RESTORABLE_LAG_MS + 60_000);
    const [branch] = await adapters.backups.branches('shop', 'north');
    const at = world.model.clock.now();
    const order = { group: 'shop', site: 'north', backup: 'one', branch: branch?.branch ?? '', scratch: 'x' };

    await expect(adapters.backups.restore({ ...order, target: { kind: 'moment', at } })).rejects.toEqual(
      failure('TargetNotReached'),
    );
  });

  it('restores into the scratch groups, and never under a name that means another restore', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    await patiently(() => adapters.backups.take(backup('two')));
    const [branch] = await adapters.backups.branches('shop', 'north');
    const order = { group: 'shop', site: 'north', branch: branch?.branch ?? '', scratch: 'x' };
    const target = { kind: 'latest' } as const;
    await patiently(() => adapters.backups.restore({ ...order, backup: 'two', target }));

    expect(world.model.find('instance', 'eu-north-1', 'pm-shop-x').groups).toEqual([
      { id: 'sg-scratch', status: 'active' },
    ]);
    await expect(adapters.backups.restore({ ...order, backup: 'one', target })).rejects.toEqual(failure('Refused'));
  });

  it('says of a snapshot that looks well that nobody read it', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    await expect(adapters.backups.verify('shop', 'one', 'north')).rejects.toEqual(failure('NotOffered'));
    Object.assign(world.model.snapshots[0] ?? {}, { status: 'failed' });

    expect(await adapters.backups.verify('shop', 'one', 'north')).toMatchObject({ intact: false });
  });
});

describe('a group on an Aurora global database', () => {
  beforeEach(async () => {
    world = await rdsWorld('aurora');
    adapters = open();
  });

  it('switches over with a token, and fails over with consent to loss without one', async () => {
    const token = await patiently(() => adapters.store.stop('shop', 'north', 1));
    await patiently(() => adapters.store.promote('shop', 'south', 1, token));
    expect([done('SwitchoverGlobalCluster'), done('FailoverGlobalCluster')]).toEqual([1, 0]);
    await patiently(() => adapters.store.follow('shop', 'north', 'south', 1, token));
    await patiently(() => adapters.store.promote('shop', 'north', 2, undefined));

    expect([done('SwitchoverGlobalCluster'), done('FailoverGlobalCluster')]).toEqual([1, 1]);
  });

  it('asks once for a switchover whose answer was lost', async () => {
    const token = await patiently(() => adapters.store.stop('shop', 'north', 1));
    world.fake.loseAnswer('SwitchoverGlobalCluster');
    await patiently(() => adapters.store.promote('shop', 'south', 1, token));

    expect(done('SwitchoverGlobalCluster')).toBe(1);
  });

  it('switches over without access to the data, on the barrier of the platform', async () => {
    const { store } = open({ withData: false });
    expect(await patiently(() => store.freeze('shop', 'north', 1))).toBeUndefined();
    const token = await patiently(() => store.stop('shop', 'north', 1));
    expect(await store.reached('shop', 'south', token.end, 1000)).toBe(true);

    expect(await patiently(() => store.promote('shop', 'south', 1, token))).toMatchObject({ site: 'south' });
  });

  it('fails over while the region of the primary is silent', async () => {
    world.fake.silence('eu-north-1', true);

    expect(await patiently(() => adapters.store.promote('shop', 'south', 1, undefined))).toMatchObject({
      site: 'south',
    });
  });

  it('names the snapshot that the platform kept of a failed primary', async () => {
    await patiently(() => adapters.store.promote('shop', 'south', 1, undefined));
    const { quarantine } = await patiently(() => adapters.store.rebuild('shop', 'north', 'south', 1));

    expect(quarantine).toMatch(/^rds:unplanned-global-failover-shop-north-/);
  });

  it('gives a restored cluster the instance that it comes without', async () => {
    await patiently(() => adapters.backups.take(backup('one')));
    const [branch] = await adapters.backups.branches('shop', 'north');
    const order = { group: 'shop', site: 'north', backup: 'one', branch: branch?.branch ?? '', scratch: 'x' };
    await patiently(() => adapters.backups.restore({ ...order, target: { kind: 'latest' } }));

    expect([...world.model.find('cluster', 'eu-north-1', 'pm-shop-x').members.keys()]).toEqual(['pm-shop-x-1']);
  });
});

import { describe, expect, it } from 'vitest';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { planOf } from '../../test/support/recovery-world.ts';
import { chooseCandidate } from './handler.ts';

const sites = ['north', 'south', 'west'];

async function group() {
  const world = await modelWorld(sites);
  const plans = memoryRecoveryPlans(new Map([['shop', planOf('shop', sites)]]));
  const input = { group: 'shop', from: 'north', to: null, token: null, lastGood: null };
  return { world, choose: (more = {}) => chooseCandidate.run({ ...input, ...more }, { ...world, plans }, idleCall) };
}

describe('chooseCandidate without a token', () => {
  it('takes the most advanced standby, and tells what is lost', async () => {
    const { world, choose } = await group();
    world.store.hold('south', 'sent');
    await world.write();
    world.store.hold('west', 'sent');
    await world.write();
    world.store.kill('north');

    expect(await choose()).toEqual({
      site: 'west',
      others: ['south'],
      loss: { bytes: '96', seconds: 0, commits: null },
    });
  });

  it('takes the preferred one of those that are equal', async () => {
    const { world, choose } = await group();
    world.store.kill('north');

    expect(await choose()).toMatchObject({ site: 'south' });
  });

  it('tells seconds at most when nothing tells what the old primary had last', async () => {
    const { world, choose } = await group();
    await world.write();
    world.clock.advance(4000);
    world.store.partition('north');

    expect((await choose({ lastGood: world.clock.now() })).loss).toEqual({ bytes: null, seconds: 4, commits: null });
  });

  it('never takes a standby of other data', async () => {
    const { world, choose } = await group();
    const { observe } = world.store;
    Object.assign(world.store, {
      observe: async (name: string) => {
        const state = await observe(name);
        const other = state.sites.map((site) => (site.site === 'south' ? { ...site, lineage: 'another' } : site));
        return { ...state, sites: other };
      },
    });

    expect(await choose()).toMatchObject({ site: 'west', others: [] });
  });
});

describe('chooseCandidate with a token', () => {
  it('takes only who has everything up to its end, as preferred', async () => {
    const { world, choose } = await group();
    world.store.hold('south', 'applied');
    await world.write();
    const token = await world.store.stop('shop', 'north', 1);

    expect(await choose({ token })).toEqual({
      site: 'west',
      others: ['south'],
      loss: { bytes: '0', seconds: 0, commits: 0 },
    });
  });

  it('fails with what each site lacks when nobody has it', async () => {
    const { world, choose } = await group();
    const token = await world.store.stop('shop', 'north', 1);
    for (const site of ['south', 'west']) world.store.kill(site);

    await expect(choose({ token })).rejects.toMatchObject({
      name: 'Pointsman.NoCandidate',
      message:
        'shop: asked for a standby to take over, which must answer, be a standby and have everything up to 1/8; ' +
        'north is a primary that is stopped at 1/8, south is a standby that is stopped at 1/8, west is a standby that is stopped at 1/8',
    });
  });

  it('goes where it is asked to, or nowhere', async () => {
    const { world, choose } = await group();
    const token = await world.store.stop('shop', 'north', 1);

    expect(await choose({ token, to: 'west' })).toMatchObject({ site: 'west' });
    await expect(choose({ token, to: 'east' })).rejects.toThrow('shop has no site east');
  });
});

import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { followSite } from './handler.ts';

describe('followSite', () => {
  it('makes the old primary a standby of the new one', async () => {
    const world = await modelWorld();
    const token = await world.store.stop('shop', 'north', 1);
    await world.store.promote('shop', 'south', 1, token);

    const input = { group: 'shop', site: 'north', leader: 'south', epoch: 1, token };
    expect(await followSite.run(input, world, idleCall)).toEqual({ site: 'north' });
    const { sites } = await world.store.observe('shop');
    expect(sites[0]).toMatchObject({ site: 'north', role: 'standby', follows: 'south', stream: 'flowing' });
  });
});

import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { returnWrites } from './handler.ts';

const input = { group: 'shop', site: 'north', epoch: 1 };

describe('returnWrites', () => {
  it('starts, thaws and opens again, whatever of that had been changed', async () => {
    const world = await modelWorld();
    await world.endpoint.change('shop', 1, 1, { site: 'north', sessions: 'held' });
    await world.store.freeze('shop', 'north', 1);
    await world.store.stop('shop', 'north', 1);

    expect(await returnWrites.run(input, world, idleCall)).toEqual({ at: world.clock.now() });
    expect(await world.write()).toBe(true);
  });

  it('changes nothing the second time', async () => {
    const world = await modelWorld();
    await returnWrites.run(input, world, idleCall);

    expect(await world.endpoint.observe('shop')).toMatchObject({ version: 1 });
  });

  it('refuses once another site was promoted', async () => {
    const world = await modelWorld();
    await world.endpoint.change('shop', 1, 1, { site: 'north', sessions: 'held' });
    const token = await world.store.stop('shop', 'north', 1);
    await world.store.promote('shop', 'south', 1, token);

    await expect(returnWrites.run(input, world, idleCall)).rejects.toMatchObject({ name: 'Pointsman.AlreadyPromoted' });
    expect(await world.endpoint.observe('shop')).toMatchObject({ sessions: 'held' });
  });
});

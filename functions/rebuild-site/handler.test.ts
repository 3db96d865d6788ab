import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { rebuildSite } from './handler.ts';

const input = { group: 'shop', site: 'north', leader: 'south', epoch: 2 };

async function failedOver() {
  const world = await modelWorld();
  world.store.hold('south', 'sent');
  await world.write();
  world.store.kill('north');
  await world.store.promote('shop', 'south', 1, undefined);
  world.store.hold('south', 'nothing');
  return world;
}

describe('rebuildSite', () => {
  it('copies the leader and says where the old data lies', async () => {
    const world = await failedOver();

    expect(await rebuildSite.run(input, world, idleCall)).toEqual({ site: 'north', quarantine: 'north.quarantine-2' });
    expect(await world.store.contents('shop', 'north')).toEqual(await world.store.contents('shop', 'south'));
  });

  it('ends an old primary that came back first', async () => {
    const world = await failedOver();
    world.store.heal('north');
    await rebuildSite.run(input, world, idleCall);

    expect(world.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
  });

  it('rebuilds nothing that may still write', async () => {
    const world = await failedOver();
    world.store.partition('north');

    await expect(rebuildSite.run(input, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.NotFenced',
      message: 'shop: north may still write and was not stopped: no way leads to it',
    });
  });
});

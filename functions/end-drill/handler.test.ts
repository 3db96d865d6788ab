import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { endDrill } from './handler.ts';

describe('endDrill', () => {
  it('deletes what was staged, also twice', async () => {
    const world = await modelWorld();
    await world.store.stage('shop', 'shop--drill', 1);
    await endDrill.run({ scratch: 'shop--drill' }, world, idleCall);
    await endDrill.run({ scratch: 'shop--drill' }, world, idleCall);

    await expect(world.store.observe('shop--drill')).rejects.toMatchObject({ name: 'Pointsman.NoSuchSite' });
  });

  it('deletes nothing else', async () => {
    const world = await modelWorld();

    await expect(endDrill.run({ scratch: 'shop' }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.NotScratch',
    });
    expect(await world.write()).toBe(true);
  });
});

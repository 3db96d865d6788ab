import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { probeSite } from './handler.ts';

describe('probeSite', () => {
  it('says when a write was taken', async () => {
    const world = await modelWorld();

    expect(await probeSite.run({ group: 'shop', site: 'north', epoch: 1 }, world, idleCall)).toEqual({
      at: world.clock.now(),
    });
  });

  it('fails at a site that takes no writes', async () => {
    const world = await modelWorld();

    await expect(probeSite.run({ group: 'shop', site: 'south', epoch: 1 }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.ProbeFailed',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { pointWrites } from './handler.ts';

const input = { group: 'shop', site: null, sessions: 'held', epoch: 3 } as const;

describe('pointWrites', () => {
  it('holds sessions where the endpoint points, and says when', async () => {
    const world = await modelWorld();

    expect(await pointWrites.run(input, world, idleCall)).toEqual({
      site: 'north',
      sessions: 'held',
      version: 2,
      asked: world.clock.now(),
      done: world.clock.now(),
    });
  });

  it('changes site and sessions in one change, and nothing the second time', async () => {
    const world = await modelWorld();
    const wanted = { ...input, site: 'south', sessions: 'open' } as const;
    await pointWrites.run(wanted, world, idleCall);

    expect(await pointWrites.run(wanted, world, idleCall)).toMatchObject({ site: 'south', version: 2 });
    expect(await world.endpoint.observe('shop')).toMatchObject({ epoch: 3, sessions: 'open' });
  });

  it('shows the endpoint its epoch even when it holds already', async () => {
    const world = await modelWorld();
    await pointWrites.run({ ...input, epoch: 1 }, world, idleCall);
    await pointWrites.run(input, world, idleCall);

    expect(await world.endpoint.observe('shop')).toMatchObject({ epoch: 3 });
  });

  it('is refused with an epoch that was passed, also when there is nothing to change', async () => {
    const world = await modelWorld();
    await pointWrites.run(input, world, idleCall);

    await expect(pointWrites.run({ ...input, epoch: 2 }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.LeaseLost',
    });
  });
});

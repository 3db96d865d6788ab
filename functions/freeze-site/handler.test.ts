import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { freezeSite } from './handler.ts';

describe('freezeSite', () => {
  it('makes a primary refuse writes and says where they end', async () => {
    const world = await modelWorld();
    await world.write();

    expect(await freezeSite.run({ group: 'shop', site: 'north', epoch: 1 }, world, idleCall)).toEqual({
      position: { branch: '1', offset: '96' },
    });
    expect(await world.write()).toBe(false);
  });

  it('gives null where the platform shows no position', async () => {
    const store = { freeze: async () => undefined };
    const world = await modelWorld();
    const input = { group: 'shop', site: 'north', epoch: 1 };

    expect(await freezeSite.run(input, { store: { ...world.store, ...store } }, idleCall)).toEqual({ position: null });
  });
});

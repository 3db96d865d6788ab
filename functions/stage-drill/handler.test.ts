import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { stageDrill } from './handler.ts';

const input = { group: 'shop', scratch: 'shop--drill', epoch: 1 };

describe('stageDrill', () => {
  it('makes a group of copies whose primary is lost, and touches the real one with nothing', async () => {
    const world = await modelWorld();

    expect(await stageDrill.run(input, world, idleCall)).toEqual({ scratch: 'shop--drill', from: 'north' });
    const { sites } = await world.store.observe('shop--drill');
    expect(sites.map(({ reach, role }) => [reach, role])).toEqual([
      ['stopped', 'primary'],
      ['answers', 'standby'],
    ]);
    expect(await world.endpoint.observe('shop--drill')).toMatchObject({ site: 'north', sessions: 'open' });
    expect(await world.write()).toBe(true);
  });

  it('is safe to repeat', async () => {
    const world = await modelWorld();
    await stageDrill.run(input, world, idleCall);

    expect(await stageDrill.run(input, world, idleCall)).toEqual({ scratch: 'shop--drill', from: 'north' });
  });
});

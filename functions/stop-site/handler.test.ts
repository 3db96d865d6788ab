import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { stopSite } from './handler.ts';

describe('stopSite', () => {
  it('gives the proof of where a primary ended, the same again', async () => {
    const world = await modelWorld();
    const input = { group: 'shop', site: 'north', epoch: 2 };
    const token = await stopSite.run(input, world, idleCall);

    expect(token).toMatchObject({ site: 'north', epoch: 2, end: { branch: '1', offset: '8' } });
    expect(await stopSite.run(input, world, idleCall)).toEqual(token);
  });
});

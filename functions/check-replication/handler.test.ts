import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { checkReplication } from './handler.ts';

async function group() {
  const world = await modelWorld();
  const input = { group: 'shop', leader: 'north', sites: ['south'], deadline: world.clock.now() + 1000 };
  return { world, check: () => checkReplication.run(input, world, idleCall) };
}

describe('checkReplication', () => {
  it('succeeds when every site follows and has applied what the leader has', async () => {
    const { world, check } = await group();

    expect(await check()).toEqual({ at: world.clock.now(), warnings: [] });
  });

  it.each([
    ['applied', 'shop: south has not applied what north has'],
    ['sent', 'shop: the stream to south is broken'],
  ] as const)('asks to be called again while changes are not %s', async (what, message) => {
    const { world, check } = await group();
    world.store.hold('south', what);
    await world.write();

    await expect(check()).rejects.toMatchObject({ name: 'Pointsman.NotReplicating', message });
  });

  it('ends the waiting after the deadline', async () => {
    const { world, check } = await group();
    world.store.kill('south');
    world.clock.advance(1000);

    await expect(check()).rejects.toMatchObject({
      name: 'Pointsman.NeverReplicated',
      message: 'shop: south is stopped',
    });
  });

  it('brings the dangers that sites show', async () => {
    const { world, check } = await group();
    const { observe } = world.store;
    Object.assign(world.store, {
      observe: async (name: string) => {
        const state = await observe(name);
        return { ...state, sites: state.sites.map((site) => ({ ...site, warnings: ['the archive fails'] })) };
      },
    });

    expect((await check()).warnings).toEqual(['north: the archive fails', 'south: the archive fails']);
  });
});

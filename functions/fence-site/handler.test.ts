import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { fenceSite } from './handler.ts';

const input = { group: 'shop', site: 'north', level: 'stop', epoch: 1 } as const;

describe('fenceSite', () => {
  it('confirms what ended a site for certain', async () => {
    const world = await modelWorld();

    expect(await fenceSite.run(input, world, idleCall)).toMatchObject({
      fence: { level: 'stop', confirmed: true, selfStopBy: null },
      at: world.clock.now(),
    });
  });

  it('does not fail for what it cannot do', async () => {
    const world = await modelWorld();
    world.store.partition('north');

    expect(await fenceSite.run(input, world, idleCall)).toMatchObject({ fence: { confirmed: false } });
    expect(await fenceSite.run({ ...input, level: 'lease-expiry' }, world, idleCall)).toMatchObject({
      fence: { confirmed: false, selfStopBy: world.clock.now() + 10_000 },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { promoteSite } from './handler.ts';

const input = { group: 'shop', site: 'south', epoch: 1, token: null, fences: [], vouchedBy: null };
const fence = (confirmed: boolean) => ({ level: 'stop' as const, confirmed, evidence: 'seen', selfStopBy: null });

describe('promoteSite', () => {
  it('promotes with a token, and gives the same promotion again', async () => {
    const world = await modelWorld();
    const token = await world.store.stop('shop', 'north', 1);
    const promotion = await promoteSite.run({ ...input, token }, world, idleCall);

    expect(promotion).toMatchObject({ site: 'south', branch: '2' });
    expect(await promoteSite.run({ ...input, token }, world, idleCall)).toEqual(promotion);
  });

  it.each([
    ['a confirmed fence', { fences: [fence(false), fence(true)] }],
    ['a word of a person', { vouchedBy: 'ana' }],
  ])('promotes with %s', async (_, more) => {
    const world = await modelWorld();
    world.store.kill('north');

    expect(await promoteSite.run({ ...input, ...more }, world, idleCall)).toMatchObject({ site: 'south' });
  });

  it('promotes nobody without proof that the old primary has ended', async () => {
    const world = await modelWorld();
    world.store.kill('north');

    await expect(promoteSite.run({ ...input, fences: [fence(false)] }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.NotFenced',
    });
  });

  it('promotes nobody while another site takes writes, whoever vouches', async () => {
    const world = await modelWorld();

    await expect(promoteSite.run({ ...input, vouchedBy: 'ana' }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.NotFenced',
      message: 'shop: asked to promote south, but north answers as a primary that takes writes',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { awaitPosition } from './handler.ts';

async function waiting(order?: 'abort' | 'escalate') {
  const world = await modelWorld(['north', 'south', 'west']);
  const orders = memoryRunOrders();
  if (order) await orders.give({ execution: 'run', order, by: 'ana', reason: 'now', at: 0 });
  world.store.hold('south', 'sent');
  world.store.hold('west', 'applied');
  await world.write();
  const position = { branch: '1', offset: '96' };
  const input = { group: 'shop', sites: ['south', 'west'], position, deadline: world.clock.now() + 5000, owner: 'run' };
  return { world, run: (more = {}) => awaitPosition.run({ ...input, ...more }, { ...world, orders }, idleCall) };
}

describe('awaitPosition', () => {
  it('succeeds with the first site that has applied everything', async () => {
    const { world, run } = await waiting();
    world.store.hold('west', 'nothing');

    expect(await run()).toEqual({ site: 'west' });
  });

  it('asks to be called again while nobody has', async () => {
    const { run } = await waiting();

    await expect(run()).rejects.toMatchObject({
      name: 'Pointsman.CatchingUp',
      message: 'south has not applied everything up to 1/96; west has not applied everything up to 1/96',
    });
  });

  it('is too late after the deadline', async () => {
    const { world, run } = await waiting();
    world.clock.advance(5000);

    await expect(run()).rejects.toMatchObject({ name: 'Pointsman.TooLate' });
  });

  it.each([
    ['abort', 'Pointsman.Aborted'],
    ['escalate', 'Pointsman.Escalated'],
  ] as const)('hears an order to %s while it waits', async (order, name) => {
    const { run } = await waiting(order);

    await expect(run()).rejects.toMatchObject({ name, message: expect.stringContaining('ana: now') });
  });

  it('does not hear it when the site has everything: it is as quick to go on', async () => {
    const { world, run } = await waiting('abort');
    world.store.hold('south', 'nothing');

    expect(await run()).toEqual({ site: 'south' });
  });

  it('has nothing to wait for where the platform shows no position', async () => {
    const { run } = await waiting();

    expect(await run({ position: null })).toEqual({ site: 'south' });
  });
});

import { describe, expect, it } from 'vitest';
import type { Json } from '../../engine/data/json.ts';
import { backupMachines, backupWorld } from '../support/backup-world.ts';

const workflows: readonly [string, { readonly [key: string]: Json }][] = [
  ['backup', { scheduledAt: Date.UTC(2026, 0, 1, 5) }],
  ['restore', { scratch: 'here', target: { kind: 'name', name: 'noon' } }],
  ['restore-drill', {}],
];

const machines = backupMachines();

/** Two full backups and a point, then the workflow; with a controller that dies at moment `killAt` of that. */
async function played(workflow: string, input: { readonly [key: string]: Json }, killAt?: number) {
  const world = backupWorld({ machines, stillWorking: 1, fullEvery: 1, retention: { last: 1 } });
  for (const id of ['one', 'two']) {
    world.clock.advance(1000);
    world.backups.write('orders', { [id]: 'paid' });
    const order = { id, group: 'shop', site: 'north', kind: 'full', parent: null, epoch: 1 } as const;
    await world.backups.take(order).catch(() => world.backups.take(order)); // the first answer is StillWorking
    await world.catalog.note('shop', id, { intactAt: { north: 1 } });
  }
  world.clock.advance(1000);
  world.backups.write('orders', { late: 'paid' });
  await world.backups.mark('shop', 'north', 'noon');
  const before = world.moments();
  if (killAt !== undefined) world.killAt(before + killAt);
  const { status, error, cause, output, record } = await world.run(workflow, input);
  const scratches = world.backups.scratches();
  return {
    moments: world.moments() - before,
    left: withoutTimes({
      ended: { status, error, cause, output },
      record: record && { ...record, endedAt: 0 },
      vaults: await Promise.all(['north', 'south'].map((site) => world.backups.list('shop', site))),
      catalog: await world.catalog.list('shop'),
      restored: await Promise.all(scratches.map((scratch) => world.backups.inspect('shop', scratch))),
      scratches,
      lease: [await world.leases.read('backups:shop'), await world.leases.read('backups:shop--drill')],
      told: world.notifier.notices,
    }),
  };
}

/** A repeated call may find its work done: when, and by which of two calls, is not compared. */
const withoutTimes = <T>(left: T): T =>
  JSON.parse(
    JSON.stringify(left, (key, value: unknown) => {
      if (typeof value === 'number') return value > 1e12 || key.endsWith('Seconds') || key === 'freedBytes' ? 0 : value;
      if (key === 'removed') return [];
      return key === 'text' && typeof value === 'string' ? value.replaceAll(/in \d+ s|removed \d+/g, '') : value;
    }),
  );

describe('a controller killed at every moment before and after a step is written', () => {
  it.each(workflows)(
    'converges to what an undisturbed one leaves: %s',
    { timeout: 120_000 },
    async (workflow, input) => {
      const calm = await played(workflow, input);
      expect(calm.left.ended.status).toBe('SUCCEEDED');
      expect(calm.moments).toBeGreaterThanOrEqual(20);
      for (let moment = 1; moment <= calm.moments; moment++) {
        const { left } = await played(workflow, input, moment);
        expect(left, `killed at moment ${moment} of ${calm.moments}`).toEqual(calm.left);
      }
    },
  );
});

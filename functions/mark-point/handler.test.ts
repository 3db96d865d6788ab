import { describe, expect, it } from 'vitest';
import { backupWorld } from '../../test/support/backup-world.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { markPoint } from './handler.ts';

const holder = 'deploy of shop';

describe('mark-point', () => {
  it('marks this moment, and pins the backup it is restored from', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    world.backups.write('orders', { a: 'paid' });
    const then = world.backups.contents();
    const point = await markPoint.run({ group: 'shop', name: 'deploy-1', holder }, world, idleCall);
    world.clock.advance(1000);
    world.backups.write('orders', { b: 'of the bad release' });
    await world.run('restore', { target: { kind: 'name', name: 'deploy-1' }, scratch: 'here' });

    expect(point).toMatchObject({ name: 'deploy-1', backup: 'shop-20260101T010000Z' });
    expect((await world.record(point.backup))?.pins).toContain('deploy of shop: deploy-1');
    expect(await world.backups.inspect('shop', 'here')).toEqual(then);
  });

  it('gives the same point when it is asked again, though there is a newer backup', async () => {
    const world = backupWorld({ fullEvery: 1 });
    await world.backupAfterAnHour();
    const first = await markPoint.run({ group: 'shop', name: 'deploy-1', holder }, world, idleCall);
    await world.backupAfterAnHour();

    expect(await markPoint.run({ group: 'shop', name: 'deploy-1', holder }, world, idleCall)).toEqual(first);
  });

  it('keeps the backups of the newest three points of a holder, and those of others', async () => {
    const world = backupWorld({ fullEvery: 1, retention: { last: 1 } });
    await world.backupAfterAnHour();
    await markPoint.run({ group: 'shop', name: 'before-the-audit', holder: 'operator' }, world, idleCall);
    for (const number of [1, 2, 3, 4, 5]) {
      await world.backupAfterAnHour();
      await markPoint.run({ group: 'shop', name: `deploy-${number}`, holder }, world, idleCall);
    }
    const pins = (await world.catalog.list('shop')).flatMap((record) => record.pins);

    expect(pins).toEqual([
      'operator: before-the-audit',
      'deploy of shop: deploy-3',
      'deploy of shop: deploy-4',
      'deploy of shop: deploy-5',
    ]);
  });

  it('refuses to mark what could not be come back to', async () => {
    const marked = markPoint.run({ group: 'shop', name: 'deploy-1', holder }, backupWorld(), idleCall);

    await expect(marked).rejects.toMatchObject({
      name: 'Pointsman.NoBackup',
      message: expect.stringContaining('take one first'),
    });
  });
});

import { expect, it } from 'vitest';
import { backupWorld } from '../../test/support/backup-world.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { expireBackups } from './handler.ts';

it('removes nothing for whoever does not hold the lease', async () => {
  const world = backupWorld({ fullEvery: 1 });
  for (let i = 0; i < 2; i++) await world.backupAfterAnHour();
  const { epoch } = await world.leases.acquire('backups:shop', 'another', 60);

  for (const stale of [
    { owner: 'mine', epoch },
    { owner: 'another', epoch: epoch - 1 },
  ])
    await expect(expireBackups.run({ group: 'shop', ...stale }, world, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.LeaseLost',
    });
  expect(await world.ids('north')).toHaveLength(2);
});

it('says why it keeps each backup', async () => {
  const world = backupWorld({ fullEvery: 2, retention: { last: 1, daily: 1 } });
  for (let i = 0; i < 2; i++) await world.backupAfterAnHour();
  const { epoch } = await world.leases.acquire('backups:shop', 'mine', 60);

  expect(await expireBackups.run({ group: 'shop', owner: 'mine', epoch }, world, idleCall)).toEqual({
    kept: [
      { id: 'shop-20260101T010000Z', reasons: ['shop-20260101T020000Z stands on it'] },
      { id: 'shop-20260101T020000Z', reasons: ['the newest that is good', 'newest of the day 2026-01-01'] },
    ],
    removed: [],
    deferred: [],
    freedBytes: 0,
    halted: null,
  });
});

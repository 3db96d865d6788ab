import { expect, it } from 'vitest';
import { backupWorld } from '../../test/support/backup-world.ts';
import { damageVault } from '../../test/support/damage-vault.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { StepFailure } from '../step-failure.ts';
import { verifyBackup } from './handler.ts';

const id = 'shop-20260101T010000Z';

it('takes the note away from a backup that is whole no longer, at that site only', async () => {
  const world = backupWorld();
  await world.backupAfterAnHour();
  damageVault(world.backups, 'flipped-byte', id, 'north');
  const verified = verifyBackup.run({ group: 'shop', id, site: 'north' }, world, idleCall);

  await expect(verified).rejects.toMatchObject({
    name: 'Pointsman.BackupDamaged',
    message: `${id} at north: north: backups/${id}/data was changed or cut short: its checksum does not match`,
  });
  expect((await world.record(id))?.intactAt).toEqual({ south: expect.any(Number) });
});

it('notes when the bytes were read', async () => {
  const world = backupWorld();
  await world.backupAfterAnHour();
  world.clock.advance(5000);

  expect(await verifyBackup.run({ group: 'shop', id, site: 'south' }, world, idleCall)).toEqual({
    id,
    site: 'south',
    intactAt: world.clock.now(),
  });
});

it('says of a snapshot whose bytes nobody sees that it was not read, and notes nothing', async () => {
  const world = backupWorld();
  await world.backupAfterAnHour();
  const before = await world.record(id);
  const verify = async () => {
    throw new StepFailure('Pointsman.NotOffered', 'the platform does not show them');
  };
  const backups = { ...world.backups, verify };

  expect(await verifyBackup.run({ group: 'shop', id, site: 'south' }, { ...world, backups }, idleCall)).toEqual({
    id,
    site: 'south',
    intactAt: null,
    unread: 'the platform does not show them',
  });
  expect(await world.record(id)).toEqual(before);
});

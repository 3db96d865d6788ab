import { expect, it } from 'vitest';
import { backupWorld } from '../../test/support/backup-world.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { takeBackup } from './handler.ts';

it('tells the size of the proof in place of the proof, which may be longer than a state may hold', async () => {
  const world = backupWorld();
  world.backups.write('orders', { a: 'paid', b: 'paid' });
  const order = { id: 'one', group: 'shop', site: 'north', kind: 'full', parent: null, epoch: 1 } as const;

  expect(await takeBackup.run(order, world, idleCall)).toMatchObject({ id: 'one', proof: { tables: 1, rows: 2 } });
});

import { expect, it } from 'vitest';
import { memoryBackupCatalog } from '../../adapters/memory/backup-catalog.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { noteProof } from './handler.ts';

const input = { group: 'shop', backup: 'one', site: 'north' };

it('notes when a backup was proven, and keeps what else is known', async () => {
  const catalog = memoryBackupCatalog();
  await catalog.note('shop', 'one', { pins: ['audit'], intactAt: { north: 1 } });
  await noteProof.run({ ...input, proven: true }, { catalog, clock: { now: () => 7 } }, idleCall);

  expect(await catalog.list('shop')).toMatchObject([{ lastVerifiedAt: 7, pins: ['audit'], intactAt: { north: 1 } }]);
});

it('trusts one that failed no longer, at that site', async () => {
  const catalog = memoryBackupCatalog();
  await catalog.note('shop', 'one', { lastVerifiedAt: 5, intactAt: { north: 1, south: 1 } });
  await noteProof.run({ ...input, proven: false }, { catalog, clock: { now: () => 7 } }, idleCall);

  expect(await catalog.list('shop')).toMatchObject([{ lastVerifiedAt: null, intactAt: { south: 1 } }]);
});

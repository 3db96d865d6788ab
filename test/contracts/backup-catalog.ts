import { describe, expect, it } from 'vitest';
import type { BackupCatalog } from '../../functions/ports/recovery/backup-catalog.ts';

/** What `BackupCatalog` promises, sentence by sentence. Every implementation runs it. */
export function backupCatalogContract(name: string, create: () => Promise<BackupCatalog>): void {
  describe(`${name} as BackupCatalog`, () => {
    it('adds to what is recorded of a backup', async () => {
      const catalog = await create();
      await catalog.note('shop', 'one', { pins: ['deploy of 2.0.0'] });
      const record = await catalog.note('shop', 'one', { lastVerifiedAt: 7, intactAt: { north: 5 } });

      expect(record).toEqual({ ...unnoted, pins: ['deploy of 2.0.0'], lastVerifiedAt: 7, intactAt: { north: 5 } });
      expect(await catalog.list('shop')).toEqual([record]);
    });

    it('lists the records of a group by id', async () => {
      const catalog = await create();
      for (const id of ['two', 'one']) await catalog.note('shop', id, {});
      await catalog.note('mail', 'three', {});

      expect((await catalog.list('shop')).map(({ id }) => id)).toEqual(['one', 'two']);
      expect(await catalog.list('nothing')).toEqual([]);
    });

    it('forgets a backup, also twice', async () => {
      const catalog = await create();
      await catalog.note('shop', 'one', {});
      await catalog.forget('shop', 'one');
      await catalog.forget('shop', 'one');

      expect(await catalog.list('shop')).toEqual([]);
    });
  });
}

const unnoted = { group: 'shop', id: 'one', intactAt: {}, lastVerifiedAt: null, pins: [], legalHold: false };

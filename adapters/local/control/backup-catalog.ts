import type { BackupCatalog, BackupRecord } from '../../../functions/ports/recovery/backup-catalog.ts';
import { atOnce, type ControlDatabase } from './control-database.ts';

/** What was proven and decided about backups, in `control.db`. */
export function sqliteBackupCatalog({ sqlite }: ControlDatabase): BackupCatalog {
  const all = sqlite.prepare('SELECT record FROM backups WHERE protected_group = ? ORDER BY id');
  const find = sqlite.prepare('SELECT record FROM backups WHERE protected_group = ? AND id = ?');
  const save = sqlite.prepare(
    `INSERT INTO backups (protected_group, id, record) VALUES (?, ?, ?)
     ON CONFLICT (protected_group, id) DO UPDATE SET record = excluded.record`,
  );
  const remove = sqlite.prepare('DELETE FROM backups WHERE protected_group = ? AND id = ?');
  const read = (group: string, id: string): BackupRecord => {
    const row = find.get(group, id);
    if (row !== undefined) return JSON.parse(String(row['record']));
    return { group, id, intactAt: {}, lastVerifiedAt: null, pins: [], legalHold: false };
  };

  return {
    list: async (group) => all.all(group).map(({ record }): BackupRecord => JSON.parse(String(record))),
    note: async (group, id, change) =>
      atOnce(sqlite, () => {
        const after = { ...read(group, id), ...change };
        save.run(group, id, JSON.stringify(after));
        return after;
      }),
    forget: async (group, id) => void remove.run(group, id),
  };
}

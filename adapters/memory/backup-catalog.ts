import type { BackupCatalog, BackupRecord } from '../../functions/ports/recovery/backup-catalog.ts';

/** A catalog that ends with the process. */
export function memoryBackupCatalog(records = new Map<string, BackupRecord>()): BackupCatalog {
  const keyOf = (group: string, id: string) => `${group} ${id}`;
  return {
    list: async (group) =>
      records
        .values()
        .filter((record) => record.group === group)
        .toArray()
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    async note(group, id, change) {
      const before = records.get(keyOf(group, id)) ?? unnoted(group, id);
      const after = { ...before, ...change };
      records.set(keyOf(group, id), after);
      return after;
    },
    forget: async (group, id) => void records.delete(keyOf(group, id)),
  };
}

const unnoted = (group: string, id: string): BackupRecord => ({
  group,
  id,
  intactAt: {},
  lastVerifiedAt: null,
  pins: [],
  legalHold: false,
});

import type { BackupCatalog, BackupRecord } from '../../../functions/ports/recovery/backup-catalog.ts';
import type { Table } from './table.ts';

/** What was proven and decided about backups, in DynamoDB. */
export function dynamoBackupCatalog(table: Table): BackupCatalog {
  const keyOf = (group: string, id: string) => ({ pk: `backups#${group}`, sk: id });
  return {
    async list(group) {
      const items = await table.query(`backups#${group}`);
      return items.map(({ record }): BackupRecord => JSON.parse(String(record)));
    },
    async note(group, id, change) {
      let after: BackupRecord = { group, id, intactAt: {}, lastVerifiedAt: null, pins: [], legalHold: false };
      await table.change(keyOf(group, id), (found) => {
        const before: BackupRecord = found === undefined ? after : JSON.parse(String(found['record']));
        after = { ...before, ...change };
        return { record: JSON.stringify(after) };
      });
      return after;
    },
    forget: (group, id) => table.remove(keyOf(group, id)),
  };
}

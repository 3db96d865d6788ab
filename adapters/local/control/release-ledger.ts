import type { ReleaseLedger, ReleaseRecord } from '../../../functions/ports/release-ledger.ts';
import type { ControlDatabase } from './control-database.ts';

/** The ledger in `control.db`. */
export function sqliteReleaseLedger({ sqlite }: ControlDatabase): ReleaseLedger {
  const add = sqlite.prepare(
    'INSERT INTO releases (service, execution, record) VALUES (?, ?, ?) ON CONFLICT (execution) DO NOTHING',
  );
  const newest = sqlite.prepare('SELECT record FROM releases WHERE service = ? ORDER BY number DESC LIMIT ?');

  return {
    record: async (entry) => void add.run(entry.service, entry.execution, JSON.stringify(entry)),
    list: async (service, limit) =>
      newest.all(service, limit).map(({ record }): ReleaseRecord => JSON.parse(String(record))),
  };
}

import type { RecoveryRun, RecoveryRuns } from '../../../functions/ports/recovery/recovery-runs.ts';
import type { ControlDatabase } from './control-database.ts';

/** What became of recoveries, in `control.db`. */
export function sqliteRecoveryRuns({ sqlite }: ControlDatabase): RecoveryRuns {
  const save = sqlite.prepare(
    `INSERT INTO recoveries (execution, protected_group, ended_at, record) VALUES (?, ?, ?, ?)
     ON CONFLICT (execution) DO UPDATE SET ended_at = excluded.ended_at, record = excluded.record`,
  );
  const find = sqlite.prepare('SELECT record FROM recoveries WHERE execution = ?');
  const newest = sqlite.prepare(
    'SELECT record FROM recoveries WHERE protected_group = ? ORDER BY ended_at DESC, execution LIMIT ?',
  );
  return {
    record: async (run) => void save.run(run.execution, run.group, run.endedAt, JSON.stringify(run)),
    async read(execution) {
      const row = find.get(execution);
      return row && JSON.parse(String(row['record']));
    },
    list: async (group, limit) => newest.all(group, limit).map(({ record }): RecoveryRun => JSON.parse(String(record))),
  };
}

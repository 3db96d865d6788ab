import type { RecoveryRun, RecoveryRuns } from '../../../functions/ports/recovery/recovery-runs.ts';
import { inOrder } from './in-order.ts';
import type { Key, Table } from './table.ts';

/** Writers that come between before `record` gives up; a run has one. */
const TURNS = 10;

/** What became of recoveries, in DynamoDB: a record in its group's partition, and under its execution where that is. */
export function dynamoRecoveryRuns(table: Table): RecoveryRuns {
  async function placeOf(execution: string): Promise<{ readonly place: Key; readonly revision: number } | undefined> {
    const found = await table.get(pointerOf(execution));
    if (found === undefined) return undefined;
    const place = { pk: String(found['partition']), sk: String(found['place']) };
    return { place, revision: Number(found['revision']) };
  }

  return {
    async record(run) {
      const key: Key = { pk: `runs#${run.group}`, sk: inOrder(run.endedAt, run.execution) };
      for (let turn = 0; turn < TURNS; turn++) {
        const before = await placeOf(run.execution);
        const revision = before?.revision ?? 0;
        const isMoved = before !== undefined && (before.place.pk !== key.pk || before.place.sk !== key.sk);
        const isWritten = await table.write(
          {
            kind: 'put',
            key: pointerOf(run.execution),
            item: { partition: key.pk, place: key.sk, revision: revision + 1 },
            condition: before === undefined ? { kind: 'absent' } : { kind: 'revision', is: revision },
          },
          { kind: 'put', key, item: { record: JSON.stringify(run) } },
          ...(isMoved ? [{ kind: 'delete', key: before.place } as const] : []),
        );
        if (isWritten) return;
      }
      throw new Error(`${run.execution}: ${TURNS} others recorded it first`);
    },
    async read(execution) {
      const found = await placeOf(execution);
      const item = found && (await table.get(found.place));
      return item && JSON.parse(String(item['record']));
    },
    async list(group, limit) {
      const items = await table.query(`runs#${group}`, { newestFirst: true, limit });
      return items.map(({ record }): RecoveryRun => JSON.parse(String(record)));
    },
  };
}

const pointerOf = (execution: string): Key => ({ pk: `recorded#${execution}`, sk: 'run' });

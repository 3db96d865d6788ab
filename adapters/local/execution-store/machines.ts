import type { DatabaseSync } from 'node:sqlite';
import type { ExecutionStore, MachineArn, StoredMachine } from '../../../engine/runner/ports.ts';
import { pageToken, readPageToken } from '../../../engine/runner/page-token.ts';
import { pageOf } from './read-executions.ts';
import { readMachine } from './rows.ts';

type MachineReader = Pick<ExecutionStore, 'machine' | 'machines'>;

/** Machines by ARN, with every revision they ever had. */
export function machineReader(db: DatabaseSync): MachineReader {
  const newest = db.prepare('SELECT r.body FROM machine m JOIN revision r ON r.id = m.newest WHERE m.arn = ?');
  const revision = db.prepare('SELECT body FROM revision WHERE arn = ? AND revision = ?');
  const byName = db.prepare(
    `SELECT m.name, m.arn, r.body FROM machine m JOIN revision r ON r.id = m.newest
     WHERE (m.name, m.arn) > (?, ?) ORDER BY m.name, m.arn LIMIT ?`,
  );
  return {
    machine: async (arn, revisionId) => {
      const row = revisionId === undefined ? newest.get(arn) : revision.get(arn, revisionId);
      return row && readMachine(row);
    },
    machines: async ({ limit, from }) => {
      const [name = '', arn = ''] = readPageToken('machines', from, ['', '']);
      const rows = byName.all(name, arn, limit + 1);
      return pageOf(rows, limit, readMachine, (last) => pageToken('machines', [String(last.name), String(last.arn)]));
    },
  };
}

/** Writes machines inside a transaction that the caller opened. */
export function machineWriter(db: DatabaseSync) {
  const putRevision = db.prepare(
    `INSERT INTO revision (arn, revision, body) VALUES (?, ?, ?)
     ON CONFLICT (arn, revision) DO UPDATE SET body = excluded.body RETURNING id`,
  );
  const putNewest = db.prepare('INSERT OR REPLACE INTO machine (arn, name, newest) VALUES (?, ?, ?)');
  const drop = db.prepare('DELETE FROM machine WHERE arn = ?');
  const dropOwned = db.prepare('DELETE FROM item WHERE owner = ?');
  return {
    put(machine: StoredMachine): void {
      const id = putRevision.get(machine.arn, machine.revisionId, JSON.stringify(machine))?.id;
      putNewest.run(machine.arn, machine.name, Number(id));
    },
    drop(arn: MachineArn): void {
      drop.run(arn);
      dropOwned.run(arn);
    },
  };
}

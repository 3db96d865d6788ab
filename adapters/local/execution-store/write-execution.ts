import type { DatabaseSync } from 'node:sqlite';
import type { EpochMs } from '../../../engine/data/instant.ts';
import type { Commit, ExecutionArn, ExecutionSummary } from '../../../engine/runner/ports.ts';

/** A commit as text, made before the transaction starts: what cannot be JSON fails its own caller only. */
interface EncodedCommit {
  readonly head: Commit['head'];
  readonly frames: readonly (readonly [id: string, body: string | null])[];
  readonly history: readonly (readonly [id: number, body: string])[];
  readonly opened: readonly (readonly [id: string, body: string])[];
  readonly closed: readonly string[];
  readonly mapRuns: readonly (readonly [arn: string, execution: string, body: string])[];
  readonly summary: ExecutionSummary | undefined;
}

export const encodeCommit = ({
  head,
  frames,
  history,
  opened,
  closed,
  summary,
  mapRuns = [],
}: Commit): EncodedCommit => ({
  head,
  frames: Object.entries(frames).map(([id, frame]) => [id, frame === null ? null : JSON.stringify(frame)]),
  history: history.map((event) => [event.id, JSON.stringify(event)]),
  opened: opened.map((effect) => [effect.id, JSON.stringify(effect)]),
  closed,
  mapRuns: mapRuns.map((run) => [run.arn, run.executionArn, JSON.stringify(run)]),
  summary,
});

/** Writes executions inside a transaction that the caller opened. An Error in place of an answer: nothing was written. */
interface ExecutionWriter {
  create(summary: ExecutionSummary, first: EncodedCommit): 'created' | 'exists' | Error;
  commit(arn: ExecutionArn, expectedVersion: number, change: EncodedCommit): 'committed' | 'conflict' | Error;
  /** Removes a few of the executions that ended before an instant, so that no transaction takes long; gives their number. */
  forgetSome(endedBefore: EpochMs): number;
}

export function executionWriter(db: DatabaseSync): ExecutionWriter {
  const idOf = db.prepare('SELECT id FROM summary WHERE arn = ?');
  const addSummary = db.prepare(
    `INSERT INTO summary (arn, machine, revision, version_arn, alias_arn, map_run, name, status, started, stopped, input, output, error, cause)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const putSummary = db.prepare(
    `UPDATE summary SET status = ?, stopped = ?, output = ?, error = ?, cause = ?, redrive_count = ?, redriven = ?
     WHERE id = ?`,
  );
  const headOf = db.prepare(
    'SELECT execution, version, last_event FROM head WHERE execution = (SELECT id FROM summary WHERE arn = ?)',
  );
  const putHead = db.prepare(
    `INSERT INTO head (execution, version, status, last_event) VALUES (?, ?, ?, ?)
     ON CONFLICT (execution) DO UPDATE SET version = excluded.version, status = excluded.status, last_event = excluded.last_event`,
  );
  const putFrame = db.prepare(
    'INSERT INTO frame (execution, id, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  );
  const dropFrame = db.prepare('DELETE FROM frame WHERE execution = ? AND id = ?');
  const dropFrames = db.prepare('DELETE FROM frame WHERE execution = ?');
  const addEvent = db.prepare('INSERT INTO event (execution, id, body) VALUES (?, ?, ?)');
  const putEffect = db.prepare(
    `INSERT INTO effect (execution, id, place, body) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET place = excluded.place, body = excluded.body`,
  );
  const dropEffect = db.prepare('DELETE FROM effect WHERE execution = ? AND id = ?');
  const putMapRun = db.prepare(
    'INSERT INTO map_run (arn, execution, body) VALUES (?, ?, ?) ON CONFLICT (arn) DO UPDATE SET body = excluded.body',
  );
  // What ended before an instant started before it too: that is what the index by start is good for.
  const someOld = db.prepare(
    `SELECT id FROM summary WHERE started < ?1 AND stopped < ?1
     AND NOT EXISTS (SELECT 1 FROM effect WHERE execution = summary.id) LIMIT 20`,
  );
  const dropAll = ['event', 'frame', 'head'].map((table) => db.prepare(`DELETE FROM ${table} WHERE execution = ?`));
  const dropMapRuns = db.prepare('DELETE FROM map_run WHERE execution = (SELECT arn FROM summary WHERE id = ?)');
  const dropSummary = db.prepare('DELETE FROM summary WHERE id = ?');
  let place = Number(db.prepare('SELECT max(place) AS place FROM effect').get()?.place ?? 0);

  function write(execution: number | bigint, version: number, change: EncodedCommit, succeeded: boolean): void {
    putHead.run(execution, version, change.head.status, change.head.lastEventId);
    for (const [id, body] of change.history) addEvent.run(execution, id, body);
    if (succeeded) dropFrames.run(execution);
    else writeFrames(execution, change.frames);
    for (const id of change.closed) dropEffect.run(execution, id);
    for (const run of change.mapRuns) putMapRun.run(...run);
    for (const [id, body] of change.opened) putEffect.run(execution, id, ++place, body);
  }

  function writeFrames(execution: number | bigint, frames: EncodedCommit['frames']): void {
    for (const [id, body] of frames)
      if (body === null) dropFrame.run(execution, id);
      else putFrame.run(execution, id, body);
  }

  return {
    create(summary, first) {
      if (idOf.get(summary.arn) !== undefined) return 'exists';
      const broken = brokenHistory(summary.arn, 0, first);
      if (broken !== undefined) return broken;
      const { arn, machineArn, revisionId, name, status, startedAt, stoppedAt = null, input } = summary;
      const { versionArn = null, aliasArn = null, mapRunArn = null } = summary;
      const { output = null, error = null, cause = null } = summary;
      const { lastInsertRowid: execution } = addSummary.run(
        arn,
        machineArn,
        revisionId,
        versionArn,
        aliasArn,
        mapRunArn,
        name,
        status,
        startedAt,
        stoppedAt,
        input,
        output,
        error,
        cause,
      );
      write(execution, 1, first, status === 'SUCCEEDED');
      return 'created';
    },

    commit(arn, expectedVersion, change) {
      const head = headOf.get(arn);
      if (head?.version !== expectedVersion) return 'conflict';
      const broken = brokenHistory(arn, Number(head.last_event), change);
      if (broken !== undefined) return broken;
      const execution = Number(head.execution);
      const { summary } = change;
      if (summary !== undefined) {
        const { status, stoppedAt = null, output = null, error = null, cause = null } = summary;
        const { redriveCount = 0, redrivenAt = null } = summary;
        putSummary.run(status, stoppedAt, output, error, cause, redriveCount, redrivenAt, execution);
      }
      write(execution, expectedVersion + 1, change, summary?.status === 'SUCCEEDED');
      return 'committed';
    },

    forgetSome(endedBefore) {
      const old = someOld.all(endedBefore);
      for (const { id } of old) for (const drop of [...dropAll, dropMapRuns, dropSummary]) drop.run(Number(id));
      return old.length;
    },
  };
}

/** History ids run on without a gap; a step that breaks this is a fault of the engine and is not stored. */
function brokenHistory(arn: ExecutionArn, last: number, { history, head }: EncodedCommit): Error | undefined {
  const gap = history.findIndex(([id], i) => id !== last + 1 + i);
  if (gap !== -1)
    return new Error(`${arn}: event ${history[gap]?.[0]} where ${last + 1 + gap} belongs; nothing was stored`);
  const next = last + history.length;
  return head.lastEventId === next
    ? undefined
    : new Error(`${arn}: its head ends at event ${head.lastEventId}, its history at ${next}; nothing was stored`);
}

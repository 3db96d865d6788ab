import type { SQLOutputValue } from 'node:sqlite';
import type { Effect, Frame } from '../../../engine/core/execution.ts';
import type { HistoryEvent } from '../../../engine/core/history.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionStatus, ExecutionSummary, MapRun, StoredMachine } from '../../../engine/runner/ports.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

export const SUMMARY_COLUMNS =
  'id, arn, machine, revision, version_arn, alias_arn, map_run, redrive_count, redriven, name, status, started, stopped, input, output, error, cause';

/** A summary from a row with `SUMMARY_COLUMNS`. */
export const readSummary = (row: Row): ExecutionSummary => ({
  arn: String(row.arn),
  machineArn: String(row.machine),
  revisionId: String(row.revision),
  ...(row.map_run === null ? {} : { mapRunArn: String(row.map_run) }),
  versionArn: optionalText(row.version_arn),
  aliasArn: optionalText(row.alias_arn),
  name: String(row.name),
  // Only `writeExecution` writes this column, from a value of the type.
  status: String(row.status) as ExecutionStatus,
  startedAt: toEpochMs(Number(row.started)),
  stoppedAt: row.stopped === null ? undefined : toEpochMs(Number(row.stopped)),
  input: String(row.input),
  output: optionalText(row.output),
  error: optionalText(row.error),
  cause: optionalText(row.cause),
  redriveCount: Number(row.redrive_count) || undefined,
  redrivenAt: row.redriven === null ? undefined : toEpochMs(Number(row.redriven)),
});

/** JSON that this store wrote. The schema's version guards it, so it is not checked again. */
export const readFrame = (row: Row): Frame => JSON.parse(String(row.body));
export const readEvent = (row: Row): HistoryEvent => JSON.parse(String(row.body));
export const readEffect = (row: Row): Effect => JSON.parse(String(row.body));
export const readMachine = (row: Row): StoredMachine => JSON.parse(String(row.body));

export const readMapRun = (row: Row): MapRun => JSON.parse(String(row.body));

const optionalText = (value: SQLOutputValue | undefined) =>
  value === null || value === undefined ? undefined : String(value);

import type { EpochMs } from '../data/instant.ts';
import type { ExecutionSummary, MapRun } from './ports.ts';

const DAY_MS = 86_400_000;

/** From its end, an execution may be redriven for so long. (API reference, RedriveExecution) */
const REDRIVABLE_MS = 14 * DAY_MS;

/** From its start, an execution may be open for so long. */
const LONGEST_MS = 365 * DAY_MS;

/** Why an execution cannot be redriven by itself, in AWS's words; undefined when it can. */
export function notRedrivable(summary: ExecutionSummary, now: EpochMs): string | undefined {
  const reason = notRedrivableByMapRun(summary, now);
  if (reason !== undefined || summary.mapRunArn === undefined) return reason;
  return 'Execution was started by a Map Run and cannot be redriven by itself';
}

/** As `notRedrivable`, when it is the Map Run that started it which is redriven. */
export function notRedrivableByMapRun(
  { status, startedAt, stoppedAt, cause }: ExecutionSummary,
  now: EpochMs,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (cause?.startsWith(HISTORY_FULL) === true) return 'Execution history event limit exceeded';
  if (now - startedAt >= LONGEST_MS) return 'Execution has exceeded the max execution time';
  if (stoppedAt !== undefined && now - stoppedAt >= REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

/**
 * Whether an execution of a Map Run is still to be run again in the round that the run is in. Nothing is written of it
 * before its turn: it ended before the run was redriven, and was not redriven since.
 */
export function isPendingRedrive(
  summary: ExecutionSummary,
  { status, redrivenAt, executionCounts }: Pick<MapRun, 'status' | 'redrivenAt' | 'executionCounts'>,
  now: EpochMs,
): boolean {
  if (status !== 'RUNNING' || redrivenAt === undefined || executionCounts.pendingRedrive === 0) return false;
  const { stoppedAt, redrivenAt: own } = summary;
  const endedBefore = stoppedAt !== undefined && stoppedAt <= redrivenAt && (own === undefined || own < redrivenAt);
  return endedBefore && notRedrivableByMapRun(summary, now) === undefined;
}

const HISTORY_FULL = 'The execution reached the maximum number of history events';

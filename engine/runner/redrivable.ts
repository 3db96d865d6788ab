import type { EpochMs } from '../data/instant.ts';
import type { ExecutionSummary } from './ports.ts';

const DAY_MS = 86_400_000;

/** From its end, an execution may be redriven for so long. (API reference, RedriveExecution) */
const REDRIVABLE_MS = 14 * DAY_MS;

/** From its start, an execution may be open for so long. */
const LONGEST_MS = 365 * DAY_MS;

/** Why an execution cannot be redriven, in AWS's words; undefined when it can. */
export function notRedrivable(
  { status, startedAt, stoppedAt, cause, mapRunArn }: ExecutionSummary,
  now: EpochMs,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (mapRunArn !== undefined) return 'Execution was started by a Map Run and cannot be redriven by itself';
  if (cause?.startsWith(HISTORY_FULL) === true) return 'Execution history event limit exceeded';
  if (now - startedAt >= LONGEST_MS) return 'Execution has exceeded the max execution time';
  if (stoppedAt !== undefined && now - stoppedAt >= REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

const HISTORY_FULL = 'The execution reached the maximum number of history events';

import type { ChildResult } from '../../core/index.ts';
import type { ExecutionSummary } from '../ports.ts';

/** How an execution of a Map Run ended, as a list of one; of none while it runs. */
export function asResult({ status, stoppedAt, ...summary }: ExecutionSummary): ChildResult[] {
  return status === 'RUNNING' || stoppedAt === undefined ? [] : [{ ...summary, status, stoppedAt }];
}

import type { Failure } from './execution.ts';
import type { EpochMs } from '../data/instant.ts';
import type { ChildResult, MapRun, MapRunCounts, Tolerance } from './map-run.ts';

/** The run knows its items. In batches, only what was started is known of its executions. */
export const withItems = (run: MapRun, total: number, inBatches: boolean): MapRun => ({
  ...run,
  itemCounts: { ...run.itemCounts, pending: total, total },
  executionCounts: inBatches ? run.executionCounts : { ...run.executionCounts, pending: total, total },
});

export const withStarted = (run: MapRun, items: number, inBatches: boolean): MapRun => ({
  ...run,
  itemCounts: moved(run.itemCounts, 'pending', 'running', items),
  executionCounts: inBatches
    ? moved({ ...run.executionCounts, total: run.executionCounts.total + 1 }, undefined, 'running', 1)
    : moved(run.executionCounts, 'pending', 'running', 1),
});

export const withEnded = (run: MapRun, status: ChildResult['status'], items: number): MapRun => ({
  ...run,
  itemCounts: moved(run.itemCounts, 'running', BY_STATUS[status], items),
  executionCounts: moved(run.executionCounts, 'running', BY_STATUS[status], 1),
});

/** The run is over. What was still running is aborted; `written` says whether every result can be read. */
export function over(run: MapRun, status: MapRun['status'], stoppedAt: EpochMs, written: boolean): MapRun {
  const close = (counts: MapRunCounts): MapRunCounts => {
    const { succeeded, failed, timedOut, aborted, ...rest } = moved(counts, 'running', 'aborted', counts.running);
    const resultsWritten = written ? succeeded + failed + timedOut + aborted : 0;
    return { ...rest, succeeded, failed, timedOut, aborted, resultsWritten };
  };
  return { ...run, status, stoppedAt, itemCounts: close(run.itemCounts), executionCounts: close(run.executionCounts) };
}

/** What a Map fails with when they did. */
export const TOO_MANY_FAILED: Failure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

/** Whether more items failed or timed out than may. Without a tolerance none may. (Guide, "Setting failure thresholds") */
export function exceeds({ itemCounts }: Pick<MapRun, 'itemCounts'>, { count, percentage }: Tolerance): boolean {
  const failed = itemCounts.failed + itemCounts.timedOut + itemCounts.aborted;
  if (count === undefined && percentage === undefined) return failed > 0;
  if (count !== undefined && failed > count) return true;
  return percentage !== undefined && failed * 100 > percentage * itemCounts.total;
}

const BY_STATUS = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

type Bucket = Exclude<keyof MapRunCounts, 'total' | 'resultsWritten'>;

const moved = (counts: MapRunCounts, from: Bucket | undefined, to: Bucket, n: number): MapRunCounts => {
  const left = from === undefined ? counts : { ...counts, [from]: counts[from] - n };
  return { ...left, [to]: left[to] + n };
};

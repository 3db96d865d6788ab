import type { Failure, Redriving } from './execution.ts';
import type { EpochMs } from '../data/instant.ts';
import type { ChildResult, MapRun, MapRunCounts, Tolerance, Unsuccessful, UnsuccessfulCounts } from './map-run.ts';

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

/** An execution ended; `isFinal` when it was to be redriven and cannot be. */
export function withEnded(run: MapRun, status: ChildResult['status'], items: number, isFinal: boolean): MapRun {
  const ended = (counts: MapRunCounts, n: number): MapRunCounts => {
    const { failuresNotRedrivable, ...rest } = moved(counts, 'running', BY_STATUS[status], n);
    return { ...rest, failuresNotRedrivable: failuresNotRedrivable + (isFinal ? n : 0) };
  };
  return { ...run, itemCounts: ended(run.itemCounts, items), executionCounts: ended(run.executionCounts, 1) };
}

/** What was unsuccessful waits to be run again, and counts as nothing else meanwhile. */
export function withRedrive(
  run: MapRun,
  at: EpochMs,
): { readonly run: MapRun } & Pick<Redriving, 'items' | 'executions'> {
  const waiting = ({ failed, timedOut, aborted, ...rest }: MapRunCounts): MapRunCounts => ({
    ...rest,
    ...NONE,
    resultsWritten: 0,
    failuresNotRedrivable: 0,
    pendingRedrive: failed + timedOut + aborted,
  });
  const redriven: MapRun = {
    ...run,
    status: 'RUNNING',
    stoppedAt: undefined,
    redriveCount: (run.redriveCount ?? 0) + 1,
    redrivenAt: at,
    itemCounts: waiting(run.itemCounts),
    executionCounts: waiting(run.executionCounts),
  };
  return { run: redriven, items: unsuccessfulOf(run.itemCounts), executions: unsuccessfulOf(run.executionCounts) };
}

/** One that waited runs again. */
export function withRedriven(
  run: MapRun,
  redriving: Redriving,
  child: { readonly index: number; readonly items: number; readonly status: Unsuccessful },
): { readonly run: MapRun; readonly redriving: Redriving } {
  const { items, status, index } = child;
  const less = (counts: UnsuccessfulCounts, n: number): UnsuccessfulCounts => {
    const bucket = BY_STATUS[status];
    return { ...counts, [bucket]: counts[bucket] - n };
  };
  return {
    run: {
      ...run,
      itemCounts: moved(run.itemCounts, 'pendingRedrive', 'running', items),
      executionCounts: moved(run.executionCounts, 'pendingRedrive', 'running', 1),
    },
    redriving: {
      ...redriving,
      next: index + 1,
      items: less(redriving.items, items),
      executions: less(redriving.executions, 1),
    },
  };
}

/**
 * The run is over. What was still running is aborted, what waited to be redriven is what it was before; `written` says
 * whether every result can be read.
 */
export function over(
  run: MapRun,
  status: MapRun['status'],
  stoppedAt: EpochMs,
  { written, redriving }: { readonly written: boolean; readonly redriving?: Redriving | undefined },
): MapRun {
  const close = (counts: MapRunCounts, left: UnsuccessfulCounts = NONE): MapRunCounts => {
    const stopped = moved(counts, 'running', 'aborted', counts.running);
    const [failed, timedOut, aborted] = [
      stopped.failed + left.failed,
      stopped.timedOut + left.timedOut,
      stopped.aborted + left.aborted,
    ];
    const resultsWritten = written ? stopped.succeeded + failed + timedOut + aborted : 0;
    return { ...stopped, failed, timedOut, aborted, resultsWritten, pendingRedrive: 0 };
  };
  return {
    ...run,
    status,
    stoppedAt,
    itemCounts: close(run.itemCounts, redriving?.items),
    executionCounts: close(run.executionCounts, redriving?.executions),
  };
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

const NONE: UnsuccessfulCounts = { failed: 0, timedOut: 0, aborted: 0 };

const unsuccessfulOf = ({ failed, timedOut, aborted }: MapRunCounts): UnsuccessfulCounts => ({
  failed,
  timedOut,
  aborted,
});

type Bucket = Exclude<keyof MapRunCounts, 'total' | 'resultsWritten' | 'failuresNotRedrivable'>;

const moved = (counts: MapRunCounts, from: Bucket | undefined, to: Bucket, n: number): MapRunCounts => {
  const left = from === undefined ? counts : { ...counts, [from]: counts[from] - n };
  return { ...left, [to]: left[to] + n };
};

import type { EpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { close, descendants, type Draft, frameOf, mustRun, open, put, recordOn, runFrame, update } from './draft.ts';
import type { ChildFrame, EndedFrame, Failure, MapRunDoing, RunFrame } from './execution.ts';
import { type MapRun, mapRunId, type Unsuccessful } from './map-run.ts';
import { over } from './map-run-counts.ts';

/** Outbox ids of what a Map Run has done for it. */
export const mapRunEffects = {
  read: (arn: string): string => `read-${mapRunId(arn)}`,
  write: (arn: string): string => `write-${mapRunId(arn)}`,
  goOn: (arn: string): string => `children-${mapRunId(arn)}`,
  stop: (arn: string, round: number): string => `stop-${mapRunId(arn)}.${round}`,
  child: (arn: string, index: number): string => `child-${mapRunId(arn)}.${index}`,
};

/** The Map Run a frame is at, whatever became of it; undefined when it is at none. */
export function mapRunOf(frame: RunFrame | undefined): MapRunDoing | undefined {
  return frame?.doing.phase === 'map-run' ? frame.doing : undefined;
}

/** Keeps the run in the frame, for the next step, and in the step, for whoever asks about it. */
export function saveRun(draft: Draft, frameId: string, doing: MapRunDoing): MapRunDoing {
  draft.mapRuns.set(doing.run.arn, doing.run);
  update(draft, frameId, { doing });
  return doing;
}

/** A Map Run failed with its state, which says so in the history; one that is over already is left as it is. */
export function failMapRun(draft: Draft, frameId: string, { error, cause }: Failure): void {
  const doing = mapRunOf(mustRun(draft, frameId));
  if (doing === undefined || doing.run.status !== 'RUNNING') return;
  const value = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  recordOn(draft, frameId, 'MapRunFailed', { key: 'mapRunFailedEventDetails', value });
  breakOff(draft, frameId, 'FAILED');
}

/** Ends a run before its executions have: they are stopped, and nothing of it stays in the outbox. */
export function breakOff(draft: Draft, frameId: string, status: Exclude<MapRun['status'], 'RUNNING'>): void {
  const doing = mapRunOf(runFrame(draft, frameId));
  if (doing === undefined || doing.run.status !== 'RUNNING') return;
  const { arn } = doing.run;
  stopChildExecutions(draft, frameId, doing);
  for (const effect of [mapRunEffects.read(arn), mapRunEffects.write(arn), mapRunEffects.goOn(arn)])
    close(draft, effect);
  saveRun(draft, frameId, closed(doing, status, draft.context.now));
}

/** A run that ended before its executions did. */
export function closed(
  { redriving, ...doing }: MapRunDoing,
  status: Exclude<MapRun['status'], 'RUNNING'>,
  at: EpochMs,
): MapRunDoing {
  const run = over(doing.run, status, at, { written: doing.stage === 'writing', redriving });
  return { ...doing, run };
}

/** Waits no longer for the executions that run, and has them stopped. A redrive runs them again. */
export function stopChildExecutions(draft: Draft, frameId: string, { run }: MapRunDoing): void {
  const { arn, redriveCount: round = 0 } = run;
  if (run.executionCounts.running > 0)
    open(draft, { kind: 'StopMapRun', id: mapRunEffects.stop(arn, round), mapRun: arn, round });
  for (const id of descendants(draft, frameId)) {
    const child = frameOf(draft, id);
    if (child?.kind !== 'child') continue;
    close(draft, mapRunEffects.child(arn, child.index));
    put(draft, id, unsuccessful(child, 'ABORTED'));
  }
}

/** An execution that ended without success, for a redrive to run again. */
export const unsuccessful = (
  { index, first, items }: ChildFrame,
  status: Unsuccessful,
  output: Json = null,
): EndedFrame => ({ kind: 'ended', index, output, unsuccessful: { first, items, status } });

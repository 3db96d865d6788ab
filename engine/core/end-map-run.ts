import { close, descendants, type Draft, frameOf, mustRun, open, recordOn, remove, runFrame, update } from './draft.ts';
import type { Failure, MapRunDoing, RunFrame } from './execution.ts';
import { type MapRun, mapRunId } from './map-run.ts';
import { over } from './map-run-counts.ts';

/** Outbox ids of what a Map Run has done for it. */
export const mapRunEffects = {
  read: (arn: string): string => `read-${mapRunId(arn)}`,
  write: (arn: string): string => `write-${mapRunId(arn)}`,
  goOn: (arn: string): string => `children-${mapRunId(arn)}`,
  stop: (arn: string): string => `stop-${mapRunId(arn)}`,
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
  const run = over(doing.run, status, draft.context.now, doing.stage === 'writing');
  saveRun(draft, frameId, { ...doing, run });
}

/** Waits no longer for the executions that run, and has them stopped. */
export function stopChildExecutions(draft: Draft, frameId: string, { run }: MapRunDoing): void {
  if (run.executionCounts.running > 0)
    open(draft, { kind: 'StopMapRun', id: mapRunEffects.stop(run.arn), mapRun: run.arn });
  for (const id of descendants(draft, frameId)) {
    const child = frameOf(draft, id);
    if (child?.kind !== 'child') continue;
    close(draft, mapRunEffects.child(run.arn, child.index));
    remove(draft, id);
  }
}

import { close, type Draft, runFrame } from './draft.ts';
import { mapRunEffects, mapRunOf, saveRun } from './end-map-run.ts';
import type { ExecutionEvent, MapRunDoing } from './execution.ts';
import { evaluating, failState } from './fail-state.ts';
import { succeedMapRun } from './leave-map-run.ts';
import { childEnded, goOn, startChildren, takeItems } from './map-run-children.ts';

export type MapRunEvent = Extract<ExecutionEvent, { mapRun: string }>;

/** News about a Map Run. What is said of one that is over, or not at this stage, changes nothing. */
export function mapRunReported(draft: Draft, event: MapRunEvent): void {
  const frameId = event.kind === 'MapRunChanged' ? frameAt(draft, event.mapRun) : event.frame;
  const doing = frameId === undefined ? undefined : runningAt(draft, frameId, event.mapRun);
  if (frameId === undefined || doing === undefined) return;
  evaluating(draft, frameId, () => take(draft, frameId, doing, event));
}

function take(draft: Draft, frameId: string, doing: MapRunDoing, event: MapRunEvent): void {
  const { stage, failure, run } = doing;
  switch (event.kind) {
    case 'ItemsRead':
      if (stage === 'reading') takeItems(draft, frameId, event);
      return;
    case 'ChildEnded':
      return childEnded(draft, doing, event);
    case 'MapRunChanged':
      return change(draft, frameId, doing, event);
    case 'ResultsWritten':
      if (stage !== 'writing') return;
      close(draft, mapRunEffects.write(run.arn));
      if (failure === undefined) succeedMapRun(draft, frameId, () => event.output);
      else failState(draft, frameId, failure);
      return;
    case 'MapRunHindered':
      if (stage !== 'running') failState(draft, frameId, failure ?? event.failure);
      return;
    default:
      return event satisfies never;
  }
}

/** UpdateMapRun: what is not given stays. */
function change(
  draft: Draft,
  frameId: string,
  { tolerance, run, ...doing }: MapRunDoing,
  asked: Extract<MapRunEvent, { kind: 'MapRunChanged' }>,
): void {
  const { maxConcurrency = run.maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = asked;
  const changed = {
    count: toleratedFailureCount ?? tolerance.count,
    percentage: toleratedFailurePercentage ?? tolerance.percentage,
  };
  saveRun(draft, frameId, {
    ...doing,
    tolerance: changed,
    run: {
      ...run,
      maxConcurrency,
      toleratedFailureCount: changed.count ?? 0,
      toleratedFailurePercentage: changed.percentage ?? 0,
    },
  });
  goOn(draft, frameId);
}

/** A Map Run that did its share of a step goes on. */
export function continueMapRuns(draft: Draft): void {
  for (const { id, doing } of runFrames(draft))
    if (doing.phase === 'map-run' && doing.stage === 'running') evaluating(draft, id, () => startChildren(draft, id));
}

/** The frame's run when it is this one and goes on. */
function runningAt(draft: Draft, frameId: string, mapRun: string): MapRunDoing | undefined {
  const doing = mapRunOf(runFrame(draft, frameId));
  return doing?.run.arn === mapRun && doing.run.status === 'RUNNING' ? doing : undefined;
}

const frameAt = (draft: Draft, mapRun: string): string | undefined =>
  runFrames(draft).find((frame) => mapRunOf(frame)?.run.arn === mapRun)?.id;

const runFrames = (draft: Draft) => Object.keys(draft.before.frames).flatMap((id) => runFrame(draft, id) ?? []);

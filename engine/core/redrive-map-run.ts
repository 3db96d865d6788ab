import { openReading, readingOf } from './distributed-map.ts';
import { descendants, type Draft, frameOf, mustRun, put, recordOn, stateOf } from './draft.ts';
import { closed, mapRunOf, saveRun, unsuccessful } from './end-map-run.ts';
import { evaluating, failState } from './fail-state.ts';
import { scopesOf } from './leave-state.ts';
import { MAX_MAP_RUN_REDRIVES } from './limits.ts';
import { withRedrive } from './map-run-counts.ts';
import { startChildren } from './map-run-children.ts';

/**
 * Goes on with the Map Run that a frame's state failed with: executions that were unsuccessful run again, items that
 * none was started for get theirs, and what could not be read or written is read or written again. False when there is
 * nothing of that kind left to do: the state failed by itself, and runs again as a whole.
 * (Step Functions guide, "Redriving Map Runs")
 */
export function redriveMapRun(draft: Draft, frameId: string): boolean {
  const found = mapRunOf(mustRun(draft, frameId));
  if (found === undefined) return false;
  // Aborted with a branch around it, the run is remembered as it was before it was told.
  const was = found.run.status === 'RUNNING' ? closed(found, 'ABORTED', draft.context.now) : found;
  const { stage, nextItem, nextChild } = was;
  const { itemCounts, executionCounts } = was.run;
  const { failed, timedOut, aborted } = executionCounts;
  const isStuck = failed + timedOut + aborted === 0 && nextItem === itemCounts.total;
  if (stage === 'running' && isStuck) return false;
  for (const id of descendants(draft, frameId)) {
    const child = frameOf(draft, id);
    if (child?.kind === 'child') put(draft, id, unsuccessful(child, 'ABORTED'));
  }
  const { run, items, executions } = withRedrive(was.run, draft.context.now);
  const { redriveCount = 0 } = run;
  if (redriveCount > MAX_MAP_RUN_REDRIVES) {
    const cause = `The Map Run was redriven ${MAX_MAP_RUN_REDRIVES} times, and cannot be once more: ${run.arn}`;
    failState(draft, frameId, { error: 'States.Runtime', cause });
    return true;
  }
  const value = { mapRunArn: run.arn, redriveCount };
  recordOn(draft, frameId, 'MapRunRedriven', { key: 'mapRunRedrivenEventDetails', value });
  const redriving = { next: 0, end: nextChild, items, executions };
  saveRun(draft, frameId, {
    ...was,
    stage: stage === 'reading' ? stage : 'running',
    run,
    redriving,
    failure: undefined,
  });
  evaluating(draft, frameId, () => (stage === 'reading' ? readAgain(draft, frameId) : startChildren(draft, frameId)));
  return true;
}

/** The items could not be read, or it was over before they were. @throws EvaluationError */
function readAgain(draft: Draft, frameId: string): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  const doing = mapRunOf(frame);
  const reader = state.type === 'Map' ? state.distributed?.reader : undefined;
  if (reader === undefined || doing === undefined) throw new Error(`"${state.name}" has nothing to read`);
  openReading(draft, frameId, doing.run, readingOf(reader, scopesOf(draft, frameId)(doing.input)));
}

import type { Json } from '../data/json.ts';
import { leaveWithResult, withinLimit } from './data-flow.ts';
import { descendants, type Draft, mustRun, recordOn, remove, stateOf, update } from './draft.ts';
import { mapRunOf, saveRun } from './end-map-run.ts';
import { exitState, scopesOf } from './leave-state.ts';
import { outputsOf } from './lines.ts';
import { over } from './map-run-counts.ts';

/**
 * A Map Run succeeded and its state leaves. The result is made of the outputs of its executions, in the order of their
 * items.
 * @throws EvaluationError
 */
export function succeedMapRun(draft: Draft, frameId: string, resultOf: (outputs: readonly Json[]) => Json): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  const doing = mapRunOf(frame);
  if (state.type !== 'Map' || doing === undefined) throw new Error(`"${state.name}" has no Map Run`);
  const result = withinLimit(state.name, resultOf(outputsOf(draft, frameId)));
  recordOn(draft, frameId, 'MapRunSucceeded');
  recordOn(draft, frameId, 'MapStateSucceeded');
  update(draft, frameId, { previousEventId: frame.previousEventId }); // AWS leaves both events out of the chain
  saveRun(draft, frameId, { ...doing, run: over(doing.run, 'SUCCEEDED', draft.context.now, { written: true }) });
  const leaving = leaveWithResult(state.flow, frame.input, result, scopesOf(draft, frameId));
  for (const id of descendants(draft, frameId)) remove(draft, id);
  exitState(draft, frameId, leaving, state.next);
}

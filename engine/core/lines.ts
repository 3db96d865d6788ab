import { toEpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { leaveWithResult, withinLimit } from './data-flow.ts';
import { descendants, type Draft, frameOf, mustRun, put, recordOn, remove, stateOf, update } from './draft.ts';
import type { RunFrame } from './execution.ts';
import { exitState, scopesOf } from './leave-state.ts';

type Line = Pick<RunFrame, 'id' | 'parent' | 'index' | 'state' | 'input' | 'previousEventId'>;

/** Starts a line of control at the first state of its scope: the root, a branch, or an iteration. */
export function startLine(draft: Draft, line: Line): void {
  put(draft, line.id, {
    kind: 'run',
    ...line,
    variables: {},
    enteredEventId: 0,
    beforeEnteredEventId: 0,
    enteredAt: toEpochMs(0),
    retries: [],
    doing: { phase: 'entering' },
  });
  draft.turns.push({ kind: 'GoOn', frame: line.id });
}

/**
 * Every line of a Parallel or Map succeeded: the state leaves, its result being their outputs by index.
 * @throws EvaluationError
 */
export const finishLines = (draft: Draft, frameId: string): void =>
  leaveLines(draft, frameId, outputsOf(draft, frameId));

/** The Parallel or Map leaves with this result. @throws EvaluationError */
export function leaveLines(draft: Draft, frameId: string, outputs: Json): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  if (state.type !== 'Parallel' && state.type !== 'Map') throw new Error(`"${state.name}" has no lines to wait for`);
  const result = withinLimit(state.name, outputs);
  recordOn(draft, frameId, `${state.type}StateSucceeded`);
  update(draft, frameId, { previousEventId: frame.previousEventId }); // AWS leaves this event out of the chain
  const leaving = leaveWithResult(state.flow, frame.input, result, scopesOf(draft, frameId));
  for (const id of descendants(draft, frameId)) remove(draft, id);
  exitState(draft, frameId, leaving, state.next);
}

/** Outputs of what ended, by index. */
export function outputsOf(draft: Draft, frameId: string): Json[] {
  const ended = descendants(draft, frameId).flatMap((id) => {
    const frame = frameOf(draft, id);
    return frame?.kind === 'ended' ? [frame] : [];
  });
  return ended.sort((a, b) => a.index - b.index).map(({ output }) => output);
}

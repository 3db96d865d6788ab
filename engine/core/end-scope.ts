import type { Json } from '../data/json.ts';
import { dataDetails, type Draft, keepFailed, mustRun, put, record, remove, stateOf, update } from './draft.ts';
import type { Failure, RunFrame } from './execution.ts';

/** A frame reached the end of its scope: the execution, a branch or an iteration succeeded. */
export function endScopeSucceeded(draft: Draft, frameId: string, output: Json): void {
  const frame = mustRun(draft, frameId);
  if (frame.parent === null) {
    const details = { key: 'executionSucceededEventDetails', value: dataDetails('output', output) } as const;
    record(draft, 'ExecutionSucceeded', frame.previousEventId, details);
    draft.end = { status: 'SUCCEEDED', output };
    return;
  }
  recordIteration(draft, frame, frame.parent, 'Succeeded');
  put(draft, frameId, { kind: 'ended', index: frame.index, output });
  update(draft, frame.parent, { previousEventId: frame.previousEventId });
  draft.turns.unshift({ kind: 'LineSucceeded', frame: frame.parent });
}

/** A failure that nothing in the scope handles: it ends the execution, or fails the state around it. */
export function endScopeFailed(draft: Draft, frameId: string, failure: Failure): void {
  const frame = mustRun(draft, frameId);
  if (frame.parent === null) {
    endExecution(draft, 'FAILED', failure, frame.previousEventId);
    return;
  }
  recordIteration(draft, frame, frame.parent, 'Failed');
  keepFailed(draft, frameId);
  remove(draft, frameId);
  update(draft, frame.parent, { previousEventId: frame.previousEventId });
  draft.turns.unshift({ kind: 'LineFailed', frame: frame.parent, failure });
}

/** A Map says how each iteration ended. AWS leaves these events out of the chain: the next one names what came before them. */
function recordIteration(draft: Draft, frame: RunFrame, parentId: string, how: 'Succeeded' | 'Failed'): void {
  const parent = mustRun(draft, parentId);
  if (stateOf(draft, parent).type !== 'Map') return;
  const value = { name: parent.state, index: frame.index };
  record(draft, `MapIteration${how}`, frame.previousEventId, { key: `mapIteration${how}EventDetails`, value });
}

const END_EVENTS = {
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
} as const;

/** Ends the execution without an output; the event that does is also its last. */
export function endExecution(
  draft: Draft,
  status: keyof typeof END_EVENTS,
  { error, cause }: Failure,
  previousEventId: number,
): void {
  const [type, key] = END_EVENTS[status];
  const value = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  record(draft, type, previousEventId, { key, value });
  draft.end = { status, error, cause };
}

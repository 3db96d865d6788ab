import {
  close,
  descendants,
  type Draft,
  keepFailed,
  mustRun,
  open,
  record,
  remove,
  runFrame,
  stateOf,
  update,
} from './draft.ts';
import { breakOff } from './end-map-run.ts';
import type { RunFrame } from './execution.ts';

/** Ends what a frame is doing now: its timers and task no longer matter, its branches and iterations are aborted. */
export function stopChildren(draft: Draft, frameId: string): RunFrame {
  const frame = mustRun(draft, frameId);
  closeEffects(draft, frame);
  if (frame.doing.phase === 'parallel' || frame.doing.phase === 'map' || frame.doing.phase === 'map-run') {
    keepFailed(draft, frameId);
    for (const id of descendants(draft, frameId)) {
      keepFailed(draft, id);
      const child = runFrame(draft, id);
      if (child !== undefined) abort(draft, child, frame.previousEventId);
    }
    for (const id of descendants(draft, frameId)) remove(draft, id);
  }
  return update(draft, frameId, { doing: { phase: 'entering' } });
}

/** Takes the frame's timers and task out of the outbox; a child execution it waits for is stopped, a Map Run broken off. */
export function closeEffects(draft: Draft, { id: frame, doing }: RunFrame): void {
  if (doing.phase === 'waiting' || doing.phase === 'retrying') close(draft, doing.timer);
  if (doing.phase === 'map-run') breakOff(draft, frame, 'ABORTED');
  if (doing.phase !== 'task') return;
  const { key, child } = doing;
  const isNew = draft.opened.has(taskEffect(key)); // then nothing was started yet
  close(draft, taskEffect(key));
  if (child !== undefined && !isNew) open(draft, { kind: 'StopChild', id: `stop-${key}`, frame, key, input: child });
  close(draft, doing.timeoutTimer);
  close(draft, doing.heartbeatTimer);
}

/** The outbox id of the task of an attempt. */
export const taskEffect = (key: string): string => `task-${key}`;

/** A sibling that was still at work says so in the history, after the event that failed. */
function abort(draft: Draft, frame: RunFrame, failedEventId: number): void {
  closeEffects(draft, frame);
  const { phase } = frame.doing;
  if (phase === 'task' || phase === 'retrying') record(draft, 'TaskStateAborted', failedEventId);
  if (phase === 'waiting') record(draft, 'WaitStateAborted', failedEventId);
  if (phase === 'parallel') record(draft, 'ParallelStateAborted', failedEventId);
  if (phase === 'map-run') record(draft, 'MapRunAborted', failedEventId);
  if (phase === 'map' || phase === 'map-run') record(draft, 'MapStateAborted', failedEventId);
  const parent = frame.parent === null ? undefined : runFrame(draft, frame.parent);
  if (parent !== undefined && stateOf(draft, parent).type === 'Map') {
    const value = { name: parent.state, index: frame.index };
    record(draft, 'MapIterationAborted', failedEventId, { key: 'mapIterationAbortedEventDetails', value });
  }
}

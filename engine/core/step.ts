import type { Machine } from '../asl/machine.ts';
import { begin } from './begin.ts';
import { close, type Draft, newDraft, runFrame, stateOf, update } from './draft.ts';
import { endExecution } from './end-scope.ts';
import type { ExecutionEvent, ExecutionState, StartFrame, Step, StepContext } from './execution.ts';
import { evaluating } from './fail-state.ts';
import { continueMapRuns, mapRunReported } from './map-run-events.ts';
import {
  activityTaken,
  heartbeat,
  openAttempt,
  taskFailed,
  taskSubmitted,
  taskSucceeded,
  taskTimedOut,
} from './task.ts';
import { EXECUTION_TIMEOUT, takeTurns } from './turns.ts';
import { endWait } from './wait.ts';

/** The first step of an execution. Pure: nothing is performed, stored or read but what is given. */
export function start(machine: Machine, facts: Omit<StartFrame, 'kind'>, context: StepContext): Step {
  const draft = newDraft(machine, { head: { status: 'RUNNING', lastEventId: 0 }, frames: {} }, context);
  begin(draft, facts);
  return takeTurns(draft);
}

/** What one event makes of an execution. Pure; an event that nothing waits for gives a step without history or effects. */
export function step(machine: Machine, before: ExecutionState, event: ExecutionEvent, context: StepContext): Step {
  const draft = newDraft(machine, before, context);
  if (before.head.status === 'RUNNING') take(draft, event);
  return takeTurns(draft);
}

/** Whether a step changed anything that has to be written. */
export const changedNothing = ({ history, frames, opened, closed }: Step): boolean =>
  history.length === 0 && opened.length === 0 && closed.length === 0 && Object.keys(frames).length === 0;

/** Takes an event in; the turns it leads to are not taken yet. */
export function take(draft: Draft, event: ExecutionEvent): void {
  switch (event.kind) {
    case 'Continued':
      close(draft, event.id);
      for (const frame of Object.values(draft.before.frames))
        if (frame.kind === 'run' && frame.doing.phase === 'entering') goOn(draft, frame.id);
      return continueMapRuns(draft);
    case 'EffectDone':
      return close(draft, event.id);
    case 'StopRequested':
      return endExecution(draft, 'ABORTED', { error: event.error, cause: event.cause }, 0);
    case 'TimerFired':
      return event.id === EXECUTION_TIMEOUT ? timeOut(draft) : timerFired(draft, event.frame, event.id);
    case 'ItemsRead':
    case 'ChildEnded':
    case 'ResultsWritten':
    case 'MapRunHindered':
    case 'MapRunChanged':
      return mapRunReported(draft, event);
    case 'MapRunStopped':
      return close(draft, event.id);
    default:
      return taskReported(draft, event);
  }
}

function timeOut(draft: Draft): void {
  endExecution(draft, 'TIMED_OUT', { error: 'States.Timeout', cause: undefined }, 0);
  draft.end = { status: 'TIMED_OUT', error: undefined, cause: undefined }; // AWS describes it without an error
}

function timerFired(draft: Draft, frameId: string, timer: string): void {
  const frame = runFrame(draft, frameId);
  if (frame === undefined) return;
  const { doing } = frame;
  const state = stateOf(draft, frame);
  if ((doing.phase === 'waiting' || doing.phase === 'retrying') && doing.timer === timer) {
    close(draft, timer);
    update(draft, frameId, { doing: { phase: 'entering' } });
    if (doing.phase === 'retrying') goOn(draft, frameId);
    else if (state.type === 'Wait') evaluating(draft, frameId, () => endWait(draft, frameId, state));
  } else if (doing.phase === 'task' && state.type === 'Task') {
    if (doing.timeoutTimer === timer) taskTimedOut(draft, frameId, state, 'timeout');
    if (doing.heartbeatTimer === timer) taskTimedOut(draft, frameId, state, 'heartbeat');
  }
}

type TaskReport = Extract<ExecutionEvent, { key: string }>;

function taskReported(draft: Draft, event: TaskReport): void {
  const frame = runFrame(draft, event.frame);
  const attempt = openAttempt(frame, event.key);
  if (frame === undefined || attempt === undefined) return; // late or repeated: the first outcome stands
  const state = stateOf(draft, frame);
  if (state.type !== 'Task') throw new Error(`"${state.name}" has an attempt and is no Task`);
  evaluating(draft, event.frame, () => {
    if ('submitted' in event && event.submitted !== undefined)
      taskSubmitted(draft, event.frame, state, attempt, event.submitted);
    if (event.kind === 'TaskSubmitted') taskSubmitted(draft, event.frame, state, attempt, event.output);
    else if (event.kind === 'TaskSucceeded') taskSucceeded(draft, event.frame, state, event.output);
    else if (event.kind === 'TaskFailed') taskFailed(draft, event.frame, state, event.failure);
    else if (event.kind === 'ActivityTaken') activityTaken(draft, event.frame, state, attempt, event.workerName);
    else heartbeat(draft, event.frame, attempt);
  });
}

const goOn = (draft: Draft, frame: string): void => void draft.turns.push({ kind: 'GoOn', frame });

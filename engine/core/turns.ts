import type { State } from '../asl/machine.ts';
import { choose } from './choice.ts';
import {
  close,
  dataDetails,
  type Draft,
  effortOf,
  HistoryFull,
  mustRun,
  open,
  put,
  recordOn,
  runFrame,
  startFrame,
  stateOf,
  toStep,
  type Turn,
  update,
} from './draft.ts';
import { startMapRun } from './distributed-map.ts';
import { endExecution } from './end-scope.ts';
import { fail, succeed } from './end-states.ts';
import type { RunFrame, Step } from './execution.ts';
import { evaluating, failState } from './fail-state.ts';
import { EVENTS_PER_STEP, MAX_HISTORY_EVENTS } from './limits.ts';
import { iterationSucceeded, startMap } from './map.ts';
import { branchSucceeded, startParallel } from './parallel.ts';
import { pass } from './pass.ts';
import { closeEffects } from './stop-children.ts';
import { startTask } from './task.ts';
import { startWait } from './wait.ts';
import { tellWaiter } from './waiter.ts';

/** The timer of a machine with `TimeoutSeconds`. */
export const EXECUTION_TIMEOUT = 'execution-timeout';

/** Takes turns until everything waits for the outside, the execution ended, or the step did its share. */
export function takeTurns(draft: Draft): Step {
  try {
    for (let turn = draft.turns[0]; turn !== undefined && draft.end === undefined; turn = draft.turns[0]) {
      if (
        turn.kind === 'GoOn' &&
        (draft.history.length >= EVENTS_PER_STEP || draft.exerted >= effortOf(draft.context))
      ) {
        open(draft, { kind: 'Continue', id: `continue-${draft.lastEventId}` });
        break;
      }
      draft.turns.shift();
      takeTurn(draft, turn);
      draft.exerted += effortOf(draft.context) - draft.effort.left;
      draft.effort.left = effortOf(draft.context);
    }
  } catch (thrown) {
    if (!(thrown instanceof HistoryFull)) throw thrown;
    const cause = `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`;
    endExecution(draft, 'FAILED', { error: 'States.Runtime', cause }, draft.lastEventId);
  }
  if (draft.end !== undefined) endEverything(draft);
  return toStep(draft);
}

/** One turn and no more: what it leads to waits in `draft.turns`. */
export function takeTurn(draft: Draft, turn: Turn): void {
  const frame = runFrame(draft, turn.frame);
  if (frame === undefined) return; // stopped by a sibling that failed
  if (turn.kind === 'LineFailed') failState(draft, frame.id, turn.failure);
  else if (turn.kind === 'GoOn') evaluating(draft, frame.id, () => enter(draft, frame));
  else if (frame.doing.phase === 'map') evaluating(draft, frame.id, () => iterationSucceeded(draft, frame.id));
  else evaluating(draft, frame.id, () => branchSucceeded(draft, frame.id));
}

/** Enters the frame's state, or starts another attempt of the one it is in. */
function enter(draft: Draft, frame: RunFrame): void {
  if (frame.enteredEventId === 0) recordEntered(draft, frame);
  run(draft, frame.id, stateOf(draft, frame));
}

/** The frame is in its state from now on. */
export function recordEntered(draft: Draft, frame: RunFrame): void {
  const state = stateOf(draft, frame);
  draft.context.watch?.({ kind: 'state', state: state.name, index: undefined });
  const value = { name: state.name, ...dataDetails('input', frame.input) };
  const id = recordOn(draft, frame.id, `${state.type}StateEntered`, { key: 'stateEnteredEventDetails', value });
  const entered = { enteredEventId: id, beforeEnteredEventId: frame.previousEventId, enteredAt: draft.context.now };
  update(draft, frame.id, entered);
}

function run(draft: Draft, frameId: string, state: State): void {
  switch (state.type) {
    case 'Pass':
      return pass(draft, frameId, state);
    case 'Task':
      return startTask(draft, frameId, state);
    case 'Choice':
      return choose(draft, frameId, state);
    case 'Wait':
      return startWait(draft, frameId, state);
    case 'Succeed':
      return succeed(draft, frameId, state);
    case 'Fail':
      return fail(draft, frameId, state);
    case 'Parallel':
      return startParallel(draft, frameId, state);
    case 'Map':
      return state.distributed === undefined
        ? startMap(draft, frameId, state)
        : startMapRun(draft, frameId, state, state.distributed);
    default:
      return state satisfies never;
  }
}

/** Takes every timer and task out of the outbox, and tells whoever waits for this execution. */
function endEverything(draft: Draft): void {
  const ids = new Set([...Object.keys(draft.before.frames), ...draft.frames.keys()]);
  for (const id of ids) if (runFrame(draft, id) !== undefined) closeEffects(draft, mustRun(draft, id));
  if (draft.machine.timeoutSeconds !== undefined) close(draft, EXECUTION_TIMEOUT);
  const facts = startFrame(draft);
  if (draft.end !== undefined && draft.end.status !== 'SUCCEEDED')
    for (const [id, frame] of draft.failed) put(draft, id, frame);
  if (facts.waiter !== undefined && draft.end !== undefined)
    open(draft, tellWaiter(facts, facts.waiter, draft.end, draft.context.now));
}

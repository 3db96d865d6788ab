import type { Catcher, State, TaskState } from '../asl/machine.ts';
import { EvaluationError } from '../data/evaluation.ts';
import { plusSeconds } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { scopeFor } from './context-object.ts';
import { assignedBy } from './data-flow.ts';
import { type Draft, forgetFailed, mustRun, open, record, recordOn, stateOf, update } from './draft.ts';
import { failMapRun } from './end-map-run.ts';
import { endScopeFailed } from './end-scope.ts';
import type { Failure } from './execution.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import { exitState } from './leave-state.ts';
import { firstCatcher, firstRetrier, nextAttempt } from './retry.ts';
import { stopChildren } from './stop-children.ts';

/**
 * Runs a part of a state's work. An expression in it that gives no value fails the state in AWS's words, and a
 * JSONata one leaves an `EvaluationFailed` event behind.
 */
export function evaluating(draft: Draft, frameId: string, work: () => void, tried: readonly Catcher[] = []): void {
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof EvaluationError)) throw thrown;
    failState(draft, frameId, evaluationFailure(draft, frameId, thrown), tried);
  }
}

function evaluationFailure(
  draft: Draft,
  frameId: string,
  { error, message: whole, location }: EvaluationError,
): Failure {
  const message = whole.slice(0, MAX_PAYLOAD_BYTES); // it may show a value that no payload could hold
  const frame = mustRun(draft, frameId);
  if (error === 'States.DataLimitExceeded') return { error, cause: message };
  const place = `An error occurred while executing the state '${frame.state}' (entered at the event id #${frame.enteredEventId}). `;
  const cause = draft.context.alone === undefined ? place + message : message;
  if (location !== undefined) {
    const value = { error, cause, location, state: frame.state };
    const before = stateOf(draft, frame).type === 'Wait' ? frame.previousEventId : frame.beforeEnteredEventId;
    const id = record(draft, 'EvaluationFailed', before, { key: 'evaluationFailedEventDetails', value });
    update(draft, frameId, { previousEventId: id });
  }
  return { error, cause };
}

/**
 * The state failed: a Retrier tries it again, a Catcher goes on elsewhere, or the failure leaves the scope. `tried`: Catchers
 * whose own expressions have failed; one that would catch that very failure would fail for ever.
 */
export function failState(draft: Draft, frameId: string, failure: Failure, tried: readonly Catcher[] = []): void {
  const { phase } = mustRun(draft, frameId).doing;
  const started = phase === 'parallel' || phase === 'map' || phase === 'map-run';
  failMapRun(draft, frameId, failure);
  const frame = stopChildren(draft, frameId);
  const state = stateOf(draft, frame);
  const { retry, catch: catchers } = handlersOf(state);

  const attempt = nextAttempt(retry, frame.retries, failure, () => draft.random.number());
  const named = firstRetrier(retry, failure);
  const { watch } = draft.context;
  if (named >= 0)
    watch?.({ kind: 'retrier', state: state.name, index: named, failure, delaySeconds: attempt?.delaySeconds });
  if (attempt !== undefined) {
    forgetFailed(draft, frameId);
    const timer = `retry-${draft.lastEventId}`;
    const retries = retry.map((_, i) => (frame.retries[i] ?? 0) + (i === attempt.retrier ? 1 : 0));
    update(draft, frameId, { retries, doing: { phase: 'retrying', timer } });
    open(draft, {
      kind: 'SetTimer',
      id: timer,
      frame: frameId,
      at: plusSeconds(draft.context.now, attempt.delaySeconds),
    });
    return;
  }

  const lines = state.type === 'Parallel' || state.type === 'Map';
  // AWS does not say so of a state that a runtime error kept from starting its lines.
  if (lines && (started || failure.error !== 'States.Runtime')) recordOn(draft, frameId, `${state.type}StateFailed`);
  const catcher = firstCatcher(catchers, failure);
  if (catcher === undefined || tried.includes(catcher)) return endScopeFailed(draft, frameId, failure);
  forgetFailed(draft, frameId);
  watch?.({ kind: 'catcher', state: state.name, index: catchers.indexOf(catcher), failure });
  evaluating(draft, frameId, () => takeCatcher(draft, frameId, catcher, failure), [...tried, catcher]);
}

const handlersOf = (state: State): Pick<TaskState, 'retry' | 'catch'> =>
  state.type === 'Task' || state.type === 'Parallel' || state.type === 'Map' ? state : { retry: [], catch: [] };

function takeCatcher(draft: Draft, frameId: string, catcher: Catcher, failure: Failure): void {
  const frame = mustRun(draft, frameId);
  const errorOutput: Json = { Error: failure.error ?? '', Cause: failure.cause ?? '' };
  if (stateOf(draft, frame).flow.language === 'JSONata') {
    const scope = scopeFor(draft, frame, frame.input, { errorOutput });
    const assigned = assignedBy(catcher.assign, scope);
    const output = catcher.output === undefined ? errorOutput : catcher.output.evaluate(scope);
    exitState(draft, frameId, { output, assigned }, catcher.next);
  } else {
    const assigned = assignedBy(catcher.assign, scopeFor(draft, frame, errorOutput));
    const output = catcher.resultPath === null ? frame.input : catcher.resultPath.write(frame.input, errorOutput);
    exitState(draft, frameId, { output, assigned }, catcher.next);
  }
}

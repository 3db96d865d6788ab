import type { Json } from '../data/json.ts';
import { type ScopeExtras, scopeFor } from './context-object.ts';
import { type Leaving, type ScopeWith, withinLimit } from './data-flow.ts';
import { dataDetails, type Draft, mustRun, recordOn, stateOf, update } from './draft.ts';
import { endScopeSucceeded } from './end-scope.ts';
import type { Stage } from './watch.ts';
import { MAX_VARIABLES_BYTES } from './limits.ts';

/** The scopes of a frame's current state, for `data-flow`. `token` is the one its task waits for. */
export function scopesOf(draft: Draft, frameId: string, token?: string): ScopeWith {
  const frame = mustRun(draft, frameId);
  const { watch } = draft.context;
  const scopeOfInput = (input: Json, more?: ScopeExtras) => scopeFor(draft, frame, input, { ...more, token });
  return Object.assign(scopeOfInput, {
    seen: <Value extends Json>(stage: Stage, value: Value): Value => {
      watch?.({ kind: 'value', state: frame.state, stage, value });
      return value;
    },
  });
}

/**
 * The frame leaves its state: the exit event, the variables, and on to the next state or out of the scope (`next` null).
 * @throws EvaluationError `States.DataLimitExceeded`
 */
export function exitState(draft: Draft, frameId: string, { output, assigned }: Leaving, next: string | null): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  withinLimit(state.name, output);
  withinLimit(state.name, assigned);
  const names = Object.keys(assigned);
  recordOn(draft, frameId, `${state.type}StateExited`, {
    key: 'stateExitedEventDetails',
    value: {
      name: state.name,
      ...dataDetails('output', output),
      ...(names.length === 0
        ? {}
        : { assignedVariables: asTexts(assigned), assignedVariablesDetails: { truncated: false } }),
    },
  });
  const variables =
    names.length === 0
      ? frame.variables
      : withinLimit(state.name, { ...frame.variables, ...assigned }, MAX_VARIABLES_BYTES);
  update(draft, frameId, { variables, retries: [], enteredEventId: 0, doing: { phase: 'entering' } });
  if (next === null) endScopeSucceeded(draft, frameId, output);
  else {
    update(draft, frameId, { state: next, input: output });
    draft.turns.push({ kind: 'GoOn', frame: frameId });
  }
}

const asTexts = (assigned: { readonly [name: string]: Json }): { [name: string]: string } =>
  Object.fromEntries(Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]));

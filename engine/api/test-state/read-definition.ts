import type { Machine, State, States } from '../../asl/machine.ts';
import { readMachine } from '../../asl/read-machine.ts';
import { isObject, own } from '../../data/json.ts';
import { ApiError } from '../api-error.ts';
import { invalidDefinition } from '../definitions.ts';
import type { TestRequest } from './read-request.ts';

/** A state and the scope it stands in. */
export interface PlacedState {
  readonly state: State;
  readonly machine: Machine;
}

/** What AWS calls a state that comes without a machine, and any other in the context object. */
export const STATE_NAME = 'StateName';

/**
 * The state to be tested: `stateName` of a whole machine, wherever in it, or the one that the definition is.
 * @throws ApiError `InvalidDefinition`, `ValidationException`
 */
export function readDefinition({ definition, stateName }: Pick<TestRequest, 'definition' | 'stateName'>): PlacedState {
  const text = stateName === undefined ? machineAround(definition) : definition;
  const reading = readMachine(text, {
    isOneState: stateName === undefined,
    knows: () => true, // a mock stands for any service; what cannot be called without one is found when it is called
  });
  if (!reading.ok) throw invalidDefinition(reading.diagnostics.filter(({ severity }) => severity === 'ERROR'));
  const name = stateName ?? STATE_NAME;
  const scope = scopeWith(reading.machine, name);
  const state = scope && own(scope.states, name);
  if (scope === undefined || state === undefined)
    throw new ApiError('ValidationException', 'State not found in definition');
  return { state, machine: { ...reading.machine, ...scope } };
}

/** A text that is no JSON object is left to the reader, which has the words for it. */
function machineAround(definition: string): string {
  try {
    const state: unknown = JSON.parse(definition);
    return isObject(state) ? JSON.stringify({ StartAt: STATE_NAME, States: { [STATE_NAME]: state } }) : definition;
  } catch {
    return definition;
  }
}

function scopeWith(scope: States, name: string): States | undefined {
  if (own(scope.states, name) !== undefined) return scope;
  for (const state of Object.values(scope.states))
    for (const inner of innerScopes(state)) {
      const found = scopeWith(inner, name);
      if (found !== undefined) return found;
    }
  return undefined;
}

/** Branches or the processor of a state. */
export const innerScopes = (state: State): readonly States[] =>
  state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];

import type { State, States } from '../asl/machine.ts';

/** Every state of a machine, outer ones first. Names are unique in it. */
export const allStates = (scope: States): readonly State[] => {
  const states = Object.values(scope.states);
  return [...states, ...states.flatMap((state) => innerScopes(state).flatMap(allStates))];
};

const innerScopes = (state: State): readonly States[] =>
  state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];

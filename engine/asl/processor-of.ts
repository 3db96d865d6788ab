import type { Machine, State, States } from './machine.ts';

/**
 * The machine that the executions of a distributed Map run: the item processor of the Map with this label, wherever it
 * stands in the definition. Undefined when there is none.
 */
export function processorOf(machine: Machine, label: string): Machine | undefined {
  const processor = find(machine, label);
  return processor && { ...processor, queryLanguage: machine.queryLanguage, timeoutSeconds: undefined };
}

function find(scope: States, label: string): States | undefined {
  for (const state of Object.values(scope.states)) {
    if (state.type === 'Map' && state.distributed?.label === label) return state.processor;
    for (const inner of scopesIn(state)) {
      const found = find(inner, label);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function scopesIn(state: State): readonly States[] {
  if (state.type === 'Parallel') return state.branches;
  return state.type === 'Map' ? [state.processor] : [];
}

import { isObject, own } from '../data/json.ts';
import { rawElements, rawInnerScopes, rawStates, type Raw, type RawState } from './raw-states.ts';

/**
 * Reports variables of a branch or processor that a scope around it assigns too: an inner name may not hide an outer one.
 * (AWS, "Passing data between states with variables")
 */
export function checkVariables(scope: Raw, outer: ReadonlySet<string> = new Set()): void {
  const states = rawStates(scope);
  const assigned = states.flatMap(assignmentsOf);
  for (const { variable, place } of assigned)
    if (outer.has(variable)) place.error(`The variable name '${variable}' was already defined in a parent scope.`);
  const names = new Set([...outer, ...assigned.map(({ variable }) => variable)]);
  for (const inner of states.flatMap(rawInnerScopes)) checkVariables(inner, isDistributed(inner) ? undefined : names);
}

/** What a distributed Map runs are executions of their own, which see no variables from around it. */
function isDistributed({ fields }: Raw): boolean {
  const config = own(fields, 'ProcessorConfig');
  return isObject(config) && own(config, 'Mode') === 'DISTRIBUTED';
}

function assignmentsOf(state: RawState) {
  return [state, ...rawElements(state, 'Choices'), ...rawElements(state, 'Catch')].flatMap(({ fields, place }) => {
    const assign = own(fields, 'Assign');
    const keys = isObject(assign) ? Object.keys(assign) : [];
    return keys.map((key) => ({ variable: key.replace(/\.\$$/, ''), place: place.at('Assign') }));
  });
}

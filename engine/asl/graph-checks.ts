import { isObject, own, type Json } from '../data/json.ts';
import type { Place } from './place.ts';
import { rawElements, rawInnerScopes, rawStates, type Raw, type RawState } from './raw-states.ts';

/**
 * Reports what is wrong with the ways between states: targets that do not exist, states that nothing leads to, scopes
 * that never end, names used twice. It reads the definition itself, so one state that cannot be read hides nothing.
 * `nowhere` is the place of what AWS gives none for. With `isOneState` only what stands inside the machine's states is checked.
 */
export function checkGraph(machine: Raw, nowhere: Place, isOneState = false): void {
  const names = new Set<string>();
  const checkScope = (scope: Raw, endless: Place | undefined, isFragment = false) => {
    const states = rawStates(scope);
    checkNames(states, names);
    if ((states.length > 0 || isEmpty(scope)) && !isFragment) checkTransitions(scope, states, endless);
    for (const inner of states.flatMap(rawInnerScopes)) checkScope(inner, undefined); // AWS lets them be endless
  };
  checkScope(machine, nowhere, isOneState);
}

function isEmpty({ fields }: Raw): boolean {
  const states = own(fields, 'States');
  return isObject(states) && Object.keys(states).length === 0;
}

interface Transition {
  readonly target: string;
  readonly place: Place;
}

type Transitions = ReadonlyMap<string, readonly Transition[]>;

function checkNames(states: readonly RawState[], names: Set<string>): void {
  for (const { name, place } of states) {
    if (names.has(name)) place.error(`Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
    names.add(name);
  }
}

/** @param endless the place of a scope's endlessness; undefined for one that may be so */
function checkTransitions(scope: Raw, states: readonly RawState[], endless: Place | undefined): void {
  const start = transition(own(scope.fields, 'StartAt'), scope.place.at('StartAt'));
  const transitions: Transitions = new Map(states.map((state) => [state.name, transitionsOf(state)]));
  for (const { target, place } of [...start, ...[...transitions.values()].flat()])
    if (!transitions.has(target)) place.error(`Missing 'Next' target: ${target}`, 'MISSING_TRANSITION_TARGET');
  if (endless !== undefined && !states.some(isTerminal)) {
    endless.error('Workflow has no terminal state', 'MISSING_END_STATE');
    return; // AWS looks no further
  }
  if (start.length === 0) return; // without a start, nothing would be reachable
  for (const { name, place } of unreachable(states, start, transitions))
    place.error(`State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
}

/** States no way leads to from `StartAt`; of several that lead to one another only the first, as on AWS. */
function unreachable(states: readonly RawState[], start: readonly Transition[], transitions: Transitions): RawState[] {
  const seen = new Set<string>();
  visit(start, transitions, seen);
  const targets = new Set([...transitions.values()].flat().map(({ target }) => target));
  const sourcesFirst = [...states].sort((a, b) => Number(targets.has(a.name)) - Number(targets.has(b.name)));
  return sourcesFirst.filter((state) => {
    if (seen.has(state.name)) return false;
    visit([{ target: state.name, place: state.place }], transitions, seen);
    return true;
  });
}

function visit(from: readonly Transition[], transitions: Transitions, seen: Set<string>): void {
  const pending = [...from];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next.target)) continue;
    seen.add(next.target);
    pending.push(...(transitions.get(next.target) ?? []));
  }
}

function transitionsOf(state: RawState): Transition[] {
  const { fields, place } = state;
  const ofElements = (field: string) =>
    rawElements(state, field).flatMap((each) => transition(own(each.fields, 'Next'), each.place.at('Next')));
  return [
    ...transition(own(fields, 'Next'), place.at('Next')),
    ...ofElements('Choices'),
    ...transition(own(fields, 'Default'), place.at('Default')),
    ...ofElements('Catch'),
  ];
}

const transition = (target: Json | undefined, place: Place): Transition[] =>
  typeof target === 'string' ? [{ target, place }] : [];

/** A state without a type ends nothing, as on AWS. */
function isTerminal({ fields }: RawState): boolean {
  const type = own(fields, 'Type');
  return type === 'Succeed' || type === 'Fail' || (type !== undefined && own(fields, 'End') === true);
}

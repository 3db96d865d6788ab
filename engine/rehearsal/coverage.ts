import { conditionText } from '../asl/condition-text.ts';
import type { Machine, State } from '../asl/machine.ts';
import { allStates } from './all-states.ts';
import type { Rehearsal } from './rehearse.ts';

/** Something of a machine that a run can reach: a state, a rule or the default of a Choice, a retrier, a catcher. */
export interface Reachable {
  readonly kind: 'state' | 'rule' | 'retrier' | 'catcher';
  readonly state: string;
  /** Which rule, retrier or catcher of the state; undefined for the state itself and for a Choice's `Default`. */
  readonly index: number | undefined;
  /** The condition or the errors, for people to read; empty for a state. */
  readonly text: string;
}

export interface Coverage {
  readonly reached: readonly Reachable[];
  readonly missing: readonly Reachable[];
}

/** What of a machine's graph the runs reached together, in the order of the definition. */
export function coverageOf(machine: Machine, runs: readonly Pick<Rehearsal, 'sights'>[]): Coverage {
  const seen = new Set(runs.flatMap(reachedBy));
  const all = allStates(machine).flatMap(reachablesOf);
  return {
    reached: all.filter((each) => seen.has(keyOf(each))),
    missing: all.filter((each) => !seen.has(keyOf(each))),
  };
}

/** How many of each kind were reached, and of how many. */
export function counted({ reached, missing }: Coverage) {
  const count = (kind: Reachable['kind'], of: readonly Reachable[]) => of.filter((each) => each.kind === kind).length;
  const both = (kind: Reachable['kind']) => ({
    reached: count(kind, reached),
    total: count(kind, reached) + count(kind, missing),
  });
  return { states: both('state'), rules: both('rule'), retriers: both('retrier'), catchers: both('catcher') };
}

const reachedBy = ({ sights }: Pick<Rehearsal, 'sights'>): string[] =>
  sights.flatMap((sight) => (sight.kind === 'value' ? [] : [keyOf(sight)]));

const keyOf = ({ kind, state, index }: Pick<Reachable, 'kind' | 'state' | 'index'>): string =>
  JSON.stringify([kind, state, index ?? null]);

function reachablesOf(state: State): Reachable[] {
  const { name } = state;
  const handlers = (kind: 'retrier' | 'catcher', list: readonly { readonly errorEquals: readonly string[] }[]) =>
    list.map(({ errorEquals }, index): Reachable => ({ kind, state: name, index, text: errorEquals.join(', ') }));
  return [
    { kind: 'state', state: name, index: undefined, text: '' },
    ...('retry' in state ? [...handlers('retrier', state.retry), ...handlers('catcher', state.catch)] : []),
    ...(state.type === 'Choice' ? rulesOf(state) : []),
  ];
}

function rulesOf({ name, choices, default: otherwise }: Extract<State, { type: 'Choice' }>): Reachable[] {
  const rules = choices.map(
    ({ condition }, index): Reachable => ({ kind: 'rule', state: name, index, text: conditionText(condition) }),
  );
  return otherwise === undefined ? rules : [...rules, { kind: 'rule', state: name, index: undefined, text: 'Default' }];
}

import type { Machine, State } from '../asl/machine.ts';
import { firstCatcher, firstRetrier } from '../core/retry.ts';
import { allStates } from './all-states.ts';
import { coverageOf, type Reachable } from './coverage.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';
import type { Mock, TestCase } from './test-case.ts';

/** A case and how it went. */
export interface Played {
  readonly case: TestCase;
  readonly run: Rehearsal;
}

export interface Sketch {
  /** For a file: lower case, digits and hyphens. */
  readonly name: string;
  readonly case: TestCase;
}

/** What is never reached takes a case that comes near, and turns its answers. More than this are not sketched at once. */
const MOST_SKETCHES = 100;

/**
 * Cases that reach what no case reached, as far as answers of tasks lead there; for a Choice's rule the case says what
 * has to hold, and a person has to make it so. What they expect is what happens today. Without any case the first is sketched.
 */
export async function sketchCases(machine: Machine, played: readonly Played[]): Promise<readonly Sketch[]> {
  if (played.length === 0) return [{ name: 'first', case: (await completed(machine, emptyCase)).case }];
  const states = new Map(allStates(machine).map((state) => [state.name, state]));
  const sketches: Sketch[] = [];
  let missing = coverageOf(
    machine,
    played.map(({ run }) => run),
  ).missing;
  // A catcher is reached through the retriers before it, so catchers come first.
  for (const kind of ['catcher', 'retrier', 'rule'] as const)
    for (const wanted of missing.filter((each) => each.kind === kind)) {
      const state = states.get(wanted.state);
      const near = nearest(played, wanted.state);
      if (!missing.includes(wanted) || state === undefined || near === undefined) continue;
      if (sketches.length === MOST_SKETCHES) return sketches;
      const sketch =
        kind === 'rule' ? sketchRule(near, state, wanted) : await sketchFailure(machine, near, state, wanted);
      if (sketch === undefined) continue;
      sketches.push({ name: nameOf(wanted), case: sketch.case });
      const { run } = sketch;
      if (run !== undefined) {
        const still = new Set(coverageOf(machine, [run]).missing.map((each) => JSON.stringify(each)));
        missing = missing.filter((each) => still.has(JSON.stringify(each)));
      }
    }
  return sketches;
}

const emptyCase: TestCase = {
  comment: 'The first case: put in what the machine is started with.',
  sketch: true,
  input: {},
  mocks: {},
  expect: {},
};

/** Of the cases that come to the state, the one with the fewest steps. */
const nearest = (played: readonly Played[], state: string): TestCase | undefined =>
  played
    .filter(({ run }) => run.sights.some((sight) => sight.kind === 'state' && sight.state === state))
    .sort((a, b) => a.run.path.length - b.run.path.length)[0]?.case;

async function sketchFailure(machine: Machine, near: TestCase, state: State, { kind, index, text }: Reachable) {
  if (state.type !== 'Task' || index === undefined) return undefined; // only tasks are mocked
  const error = errorFor(state, kind, index);
  if (error === undefined) return undefined;
  const failure: Mock = { errorOutput: { error, cause: 'sketched' } };
  const usual = [near.mocks[state.name] ?? []].flat();
  const mocks = { ...near.mocks, [state.name]: kind === 'catcher' ? failure : [failure, ...usual] };
  const comment = `${state.name} fails with ${error}, which its ${kind} for ${text} takes.`;
  return completed(machine, { ...near, comment, sketch: true, mocks, expect: {} });
}

/** An error that this retrier or catcher takes, and none before it; undefined when there is none. */
function errorFor(state: Extract<State, { type: 'Task' }>, kind: Reachable['kind'], index: number): string | undefined {
  const list = kind === 'retrier' ? state.retry : state.catch;
  const takes = (error: string) => {
    const failure = { error, cause: undefined };
    if (kind === 'retrier') return firstRetrier(state.retry, failure) === index;
    const catcher = firstCatcher(state.catch, failure);
    return catcher !== undefined && state.catch.indexOf(catcher) === index;
  };
  return [...(list[index]?.errorEquals ?? []), 'Sketched.Failure'].filter((name) => name !== 'States.ALL').find(takes);
}

function sketchRule(
  near: TestCase,
  state: State,
  { index, text }: Reachable,
): { case: TestCase; run?: Rehearsal } | undefined {
  if (state.type !== 'Choice') return undefined;
  const next = index === undefined ? state.default : state.choices[index]?.next;
  if (next === undefined) return undefined;
  const comment = `Change the input or the mocks so that ${state.name} goes to ${next} by: ${text}`;
  return { case: { ...near, comment, sketch: true, expect: { path: ['...', state.name, next, '...'] } } };
}

/** Gives every task that is met on the way an empty answer, and expects what then happens. */
async function completed(
  machine: Machine,
  sketch: TestCase,
): Promise<{ readonly case: TestCase; readonly run: Rehearsal }> {
  let mocks = sketch.mocks;
  for (;;) {
    const run = await rehearse(machine, { ...sketch, mocks });
    const { unmocked, unused } = run;
    if (unmocked.size === 0) {
      const used = Object.fromEntries(Object.entries(mocks).filter(([state]) => !unused.includes(state)));
      return { case: { ...sketch, mocks: used, expect: expectationOf(run) }, run };
    }
    mocks = { ...mocks, ...Object.fromEntries([...unmocked.keys()].map((state) => [state, { result: {} }])) };
  }
}

/** Longer paths are written as their last names. */
const LONGEST_PATH = 40;

/** What happened, as what a case expects. */
export function expectationOf({ status, output, error, cause, path }: Rehearsal): TestCase['expect'] {
  return {
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    path: path.length <= LONGEST_PATH ? [...path] : ['...', ...path.slice(-10)],
  };
}

const nameOf = ({ state, kind, index }: Reachable): string =>
  `${state} ${kind} ${index === undefined ? 'default' : index + 1}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

import { resultProblem } from '../api/test-state/check-result.ts';
import type { Machine } from '../asl/machine.ts';
import { jsonEqual } from '../data/canonical-json.ts';
import { allStates } from './all-states.ts';
import type { Rehearsal } from './rehearse.ts';
import { resultOf, type TestCase } from './test-case.ts';

/** Mocks of a case that fit no task of the machine, one sentence each. */
export function mockProblems(machine: Machine, { mocks }: Pick<TestCase, 'mocks'>): string[] {
  const states = new Map(allStates(machine).map((state) => [state.name, state]));
  return Object.entries(mocks).flatMap(([name, given]) => {
    const state = states.get(name);
    if (state === undefined) return [`mocks: the machine has no state "${name}"`];
    if (state.type !== 'Task')
      return [`mocks: "${name}" is a ${state.type} and runs as it is; what can be mocked is the tasks in it`];
    return [given].flat().flatMap((mock) => {
      const { fieldValidationMode = 'STRICT' } = mock;
      const problem = resultProblem({ result: resultOf(mock), fieldValidationMode }, state);
      return problem === undefined || mock.result === undefined ? [] : [`mocks.${name}: ${problem}`];
    });
  });
}

/** What of a run is not as the case expects it, one sentence each; none when it passed. */
export function judgeCase({ expect }: Pick<TestCase, 'expect'>, run: Rehearsal): string[] {
  // Nothing else counts when the run could not go on.
  if (run.unmocked.size > 0)
    return [...run.unmocked].map(([state, input]) => `"${state}" has no mock; it was asked ${shown(input)}`);
  const problems = run.unused.map((state) => `the mock of "${state}" was never asked for`);
  const status = expect.status ?? (expect.error === undefined && expect.cause === undefined ? 'SUCCEEDED' : 'FAILED');
  if (run.status !== status) problems.push(`status: expected ${status}, got ${run.status}${why(run)}`);
  if (expect.error !== undefined && run.error !== expect.error)
    problems.push(`error: expected ${expect.error}, got ${run.error ?? 'none'}`);
  if (expect.cause !== undefined && run.cause !== expect.cause)
    problems.push(`cause: expected ${shown(expect.cause)}, got ${shown(run.cause ?? null)}`);
  if (expect.output !== undefined && (run.output === undefined || !jsonEqual(expect.output, run.output)))
    problems.push(
      `output: expected ${shown(expect.output)}, got ${run.output === undefined ? 'none' : shown(run.output)}`,
    );
  if (expect.path !== undefined && !fits(expect.path, run.path))
    problems.push(`path: expected ${expect.path.join(' → ')}, got ${run.path.join(' → ')}`);
  return problems;
}

const GAP = '...';

/** Whether the names are those of the path, a gap standing for any number of them. */
function fits(expected: readonly string[], path: readonly string[]): boolean {
  const parts: string[][] = [[]];
  for (const name of expected) {
    if (name === GAP) parts.push([]);
    else parts.at(-1)?.push(name);
  }
  const [first = [], ...rest] = parts;
  const last = rest.pop();
  const isAt = (part: readonly string[], at: number) => part.every((name, i) => path[at + i] === name);
  if (last === undefined) return path.length === first.length && isAt(first, 0);
  if (!isAt(first, 0)) return false;
  let from = first.length;
  for (const part of rest) {
    while (!isAt(part, from)) if (++from > path.length) return false;
    from += part.length;
  }
  return path.length - last.length >= from && isAt(last, path.length - last.length);
}

const why = ({ error, cause }: Rehearsal): string =>
  error === undefined && cause === undefined ? '' : ` (${[error, cause].filter(Boolean).join(': ')})`;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
};

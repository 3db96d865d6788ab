import { plusSeconds } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import type { ChildExecutions, ChildOutcome } from '../runner/child-executions.ts';
import type { Clock, ExecutionStore, TaskRequest } from '../runner/ports.ts';
import type { Runner } from '../runner/runner.ts';
import { type Mock, resultOf, type TestCase } from './test-case.ts';

/** Answers every task from the mocks of a case. */
export interface MockedTasks {
  readonly tasks: ChildExecutions;
  /** How often a task was taken or answered so far: while this grows, the moment is not over. */
  answers(): number;
  /** States whose task nobody answered because the case has no mock for it, with what it was asked. */
  readonly unmocked: ReadonlyMap<string, Json>;
  /** Mocks that no task asked for, by state. */
  unused(): readonly string[];
}

export interface MockedWorld {
  readonly clock: Clock;
  readonly store: Pick<ExecutionStore, 'load'>;
  readonly runner: () => Pick<Runner, 'taskSucceeded' | 'taskFailed'>;
}

export function mockTasks(mocks: TestCase['mocks'], { clock, store, runner }: MockedWorld): MockedTasks {
  const queues = new Map(Object.entries(mocks).map(([state, given]) => [state, { mocks: repeated(given), used: 0 }]));
  const unmocked = new Map<string, Json>();
  let answers = 0;

  async function answer(task: TaskRequest, report: (outcome: ChildOutcome) => void): Promise<void> {
    const state = await stateOfTask(task, store);
    const queue = queues.get(state);
    if (queue === undefined) {
      unmocked.set(state, task.input);
      return;
    }
    const mock = queue.mocks[Math.min(queue.used++, queue.mocks.length - 1)];
    if (mock === undefined) return;
    if (endsLater(task)) report({ kind: 'submitted', output: mock.submitted ?? {} });
    if (mock.unanswered === true) return;
    const { afterSeconds = 0 } = mock;
    if (afterSeconds === 0) await give(task, mock, report);
    else clock.at(plusSeconds(clock.now(), afterSeconds), () => counted(give(task, mock, report)));
  }

  async function give({ taskToken }: TaskRequest, mock: Mock, report: (outcome: ChildOutcome) => void): Promise<void> {
    const { error = 'States.TaskFailed', cause = '' } = mock.errorOutput ?? {};
    const failed = mock.errorOutput !== undefined;
    if (taskToken === undefined)
      report(failed ? { kind: 'failed', error, cause } : { kind: 'succeeded', output: resultOf(mock) });
    else if (failed) await runner().taskFailed(taskToken, { error, cause });
    else await runner().taskSucceeded(taskToken, resultOf(mock));
  }

  function counted(work: Promise<void>): void {
    answers++;
    void work.finally(() => answers++);
  }

  return {
    tasks: {
      knows: () => true,
      dispatch: (task, _waiter, report) => counted(answer(task, report)),
      stop: () => Promise.resolve(),
    },
    answers: () => answers,
    unmocked,
    unused: () => [...queues].flatMap(([state, { used }]) => (used === 0 ? [state] : [])),
  };
}

/** Attempt by attempt. */
const repeated = (given: Mock | readonly Mock[]): Mock[] =>
  [given].flat().flatMap((mock: Mock) => Array.from({ length: mock.times ?? 1 }, () => mock));

const endsLater = ({ resource, taskToken }: TaskRequest): boolean =>
  taskToken !== undefined || /\.sync(?::2)?$/.test(resource);

/** A task knows its attempt only; the frame that waits for it knows the state. */
async function stateOfTask({ execution, key }: TaskRequest, store: Pick<ExecutionStore, 'load'>): Promise<string> {
  const stored = await store.load(execution);
  for (const frame of Object.values(stored?.frames ?? {}))
    if (frame.kind === 'run' && frame.doing.phase === 'task' && key === `${execution}#task-${frame.doing.key}`)
      return frame.state;
  throw new Error(`no state of ${execution} waits for ${key}`);
}

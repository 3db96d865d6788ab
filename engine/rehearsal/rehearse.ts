import type { Machine } from '../asl/machine.ts';
import type { HistoryEvent, Sight } from '../core/index.ts';
import { plusSeconds, toEpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { createRunner } from '../runner/create-runner.ts';
import { memoryExecutionStore } from '../runner/memory-execution-store.ts';
import type { ExecutionStatus, StoredMachine } from '../runner/ports.ts';
import { mockTasks } from './mock-tasks.ts';
import type { TestCase } from './test-case.ts';
import { virtualClock } from './virtual-clock.ts';

/** What a run with mocks came to. */
export interface Rehearsal {
  /** RUNNING: it waits for what never comes, such as a task without a mock. */
  readonly status: ExecutionStatus;
  readonly output: Json | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Names of the states entered, in order. */
  readonly path: readonly string[];
  readonly history: readonly HistoryEvent[];
  /** Which states were entered and which ways were taken, by child executions of a distributed Map too. */
  readonly sights: readonly Sight[];
  /** Virtual time it took. */
  readonly seconds: number;
  /** Inputs of tasks that the case has no mock for, by state. */
  readonly unmocked: ReadonlyMap<string, Json>;
  /** States whose mocks nobody asked for. */
  readonly unused: readonly string[];
}

/**
 * Runs a whole machine with the answers of a case, on the host's own runner, in memory and on virtual time: a Wait of a
 * year takes no time. Two runs of one case are the same, chance included.
 */
export async function rehearse(machine: Machine, given: TestCase): Promise<Rehearsal> {
  const { input, startedAt, mocks, stop } = given;
  const clock = virtualClock(toEpochMs(startedAt === undefined ? Date.UTC(2026, 0, 1) : Date.parse(startedAt)));
  const store = memoryExecutionStore();
  const sights: Sight[] = [];
  const problems: unknown[] = [];
  const mocked = mockTasks(mocks, { clock, store, runner: () => runner });
  let ids = 0;
  const runner = createRunner({
    store,
    dispatcher: { knows: () => true, dispatch: () => undefined, cancel: () => undefined },
    tasks: mocked.tasks,
    clock,
    ids: { next: () => (++ids).toString(16).padStart(32, '0') },
    machineOf: () => machine,
    onProblem: (problem, arn, thrown) => problems.push(new Error(`${arn}: ${problem}`, { cause: thrown })),
    watch: (sight) => void sights.push(sight),
  });
  const { stored, name } = placeOf(given);
  await store.putMachine(stored);
  const began = clock.now();
  const { execution } = await runner.start({ machine: stored, name, input: JSON.stringify(input) });
  if (stop !== undefined)
    clock.at(toEpochMs(began + stop.afterSeconds * 1000), () => {
      void runner.stop(execution.arn, { error: stop.error, cause: stop.cause });
    });
  /** Until everything that can happen at this moment has happened. */
  const quiet = async () => {
    for (let still = 0; still < 2; still++) {
      const before = mocked.answers();
      await runner.settled();
      await new Promise(setImmediate);
      if (mocked.answers() > before) still = -1;
    }
  };
  const summary = async () => (await store.summary(execution.arn)) ?? execution;
  const redrives = [...(given.redrivesAfterSeconds ?? [])];
  /** Whether something could happen still: a timer fires, or somebody redrives what has ended. */
  const goesOn = async () => {
    const { status } = await summary();
    if (status === 'RUNNING') return clock.advanceToNext();
    const seconds = status === 'SUCCEEDED' ? undefined : redrives.shift();
    if (seconds === undefined) return false;
    let isDue = false;
    clock.at(plusSeconds(clock.now(), seconds), () => {
      isDue = true;
    });
    while (!isDue) clock.advanceToNext();
    return (await runner.redrive(execution.arn)).kind === 'redriven';
  };
  do {
    await quiet();
    if (problems.length > 0) throw problems[0];
  } while (mocked.unmocked.size === 0 && (await goesOn()));
  await runner.close();
  const { status, output, error, cause } = await summary();
  const { items: history } = await store.history(execution.arn, { limit: 30_000, reverse: false });
  return {
    status,
    output: output === undefined ? undefined : JSON.parse(output),
    error,
    cause,
    path: pathOf(history),
    history,
    sights,
    seconds: (clock.now() - began) / 1000,
    unmocked: mocked.unmocked,
    unused: mocked.unused(),
  };
}

/** The machine and the name that the execution's ARN tells of. */
function placeOf({ executionArn, roleArn }: TestCase): { readonly stored: StoredMachine; readonly name: string } {
  const arn = executionArn ?? 'arn:aws:states:us-east-1:000000000000:execution:rehearsed:rehearsal';
  const [, partition, service, region, account, , machine = '', name = ''] = arn.split(':');
  const stored: StoredMachine = {
    arn: ['arn', partition, service, region, account, 'stateMachine', machine].join(':'),
    name: machine,
    type: 'STANDARD',
    definition: '', // it was read before
    revisionId: 'rehearsed',
    roleArn: roleArn ?? `arn:aws:iam::${account}:role/rehearsal`,
    createdAt: toEpochMs(0),
  };
  return { stored, name };
}

/** Names of the states entered, in order. */
export const pathOf = (history: readonly HistoryEvent[]): string[] =>
  history.flatMap(({ type, stateEnteredEventDetails: details }) =>
    type.endsWith('StateEntered') && typeof details?.['name'] === 'string' ? [details['name']] : [],
  );

import type { HistoryEvent } from '../../engine/core/history.ts';
import type { Json } from '../../engine/data/json.ts';
import { readMachine } from '../../engine/asl/index.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import type { ObjectStore } from '../../engine/runner/object-store.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type {
  ExecutionSummary,
  MapRun,
  StoredMachine,
  TaskDispatcher,
  TaskOutcome,
  TaskRequest,
} from '../../engine/runner/ports.ts';
import { countingIds } from './counting-ids.ts';
import { testClock } from './test-clock.ts';

/** What a function of a test machine does: a value, or an error to throw whose name the machine sees. */
type TestFunction = (input: Json, task: TaskRequest) => Json | Promise<Json>;

interface MachineRun {
  readonly summary: ExecutionSummary;
  readonly history: readonly HistoryEvent[];
  /** `type` of each event, in order. */
  readonly types: readonly string[];
  /** Parsed output of an execution that succeeded. */
  readonly output: Json | undefined;
  /** Seconds of virtual time it took. */
  readonly seconds: number;
  /** Its Map Runs, newest first. */
  readonly mapRuns: readonly MapRun[];
  /** The executions that its Map Runs started, in the order they were started. */
  readonly children: readonly ExecutionSummary[];
}

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/**
 * Runs a definition to its end, or until only the outside could move it on, in memory and on virtual time: waits and
 * retries cost nothing. Machines in `machines` can be started by `states:startExecution`.
 */
export async function runMachine(
  definition: object | string,
  {
    input = {},
    inputText = JSON.stringify(input),
    functions = {},
    machines = {},
    objects,
    stateEffort,
  }: {
    readonly input?: Json;
    /** The exact text, where its spelling matters. */
    readonly inputText?: string;
    readonly functions?: Readonly<Record<string, TestFunction>>;
    readonly machines?: Readonly<Record<string, object>>;
    readonly objects?: ObjectStore;
    readonly stateEffort?: number;
  } = {},
): Promise<MachineRun> {
  const store = memoryExecutionStore();
  const clock = testClock();
  const dispatcher = immediateDispatcher(functions);
  const problems: unknown[] = [];
  const runner = createRunner({
    store,
    dispatcher,
    ...(objects === undefined ? {} : { objects }),
    ...(stateEffort === undefined ? {} : { stateEffort }),
    clock,
    ids: countingIds(),
    machineOf: ({ definition: text }) => mustRead(text),
    onProblem: (problem, arn, thrown) => problems.push({ problem, arn, thrown }),
  });
  for (const [name, other] of Object.entries(machines)) await store.putMachine(storedMachine(name, other));
  const machine = storedMachine('machine', definition);
  await store.putMachine(machine);
  const startedAt = clock.now();
  const { execution } = await runner.start({ machine, name: 'run', input: inputText });
  const isRunning = async () => (await store.summary(execution.arn))?.status === 'RUNNING';
  const settle = async () => {
    // A function may never answer: five turns of the event loop without an answer, and time goes on.
    for (let idle = 0; idle < 5; idle++) {
      const before = dispatcher.answers();
      await runner.settled();
      await new Promise(setImmediate);
      if (dispatcher.answers() > before) idle = 0;
    }
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
  };
  await settle();
  while ((await isRunning()) && clock.advanceToNext()) await settle();
  const summary = await store.summary(execution.arn);
  if (summary === undefined) throw new Error('the execution is gone');
  const { items: history } = await store.history(execution.arn, { limit: 30_000, reverse: false });
  const { items: mapRuns } = await store.mapRuns({ executionArn: execution.arn, limit: 1000 });
  const { items: executions } = await store.list({ limit: 100_000 });
  await runner.close();
  return {
    summary,
    history,
    types: history.map(({ type }) => type),
    output: summary.output === undefined ? undefined : JSON.parse(summary.output),
    mapRuns,
    children: executions.filter(({ mapRunArn }) => mapRunArn !== undefined).reverse(),
    seconds: (clock.now() - startedAt) / 1000,
  };
}

export const storedMachine = (name: string, definition: object | string): StoredMachine => ({
  arn: `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`,
  name,
  type: 'STANDARD',
  definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
  revisionId: 'revision',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  createdAt: testClock().now(),
});

export function mustRead(definition: string) {
  const reading = readMachine(definition);
  if (reading.ok) return reading.machine;
  throw new Error(
    reading.diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`).join('\n'),
  );
}

/** Calls functions as soon as they are dispatched, and counts their answers. */
function immediateDispatcher(functions: Readonly<Record<string, TestFunction>>) {
  let answers = 0;
  const run = async (task: TaskRequest): Promise<TaskOutcome> => {
    const name = task.resource.split(':').at(-1) ?? '';
    try {
      const work = functions[name];
      if (work === undefined) throw new Error(`no function ${name}`);
      return { kind: 'succeeded', output: await work(task.input, task) };
    } catch (thrown) {
      const { name: error, message: cause } = thrown instanceof Error ? thrown : new Error(String(thrown));
      return { kind: 'failed', error, cause };
    }
  };
  const dispatcher: TaskDispatcher = {
    knows: () => true,
    dispatch(task, report) {
      void run(task).then((outcome) => {
        answers++;
        report(outcome);
      });
    },
    cancel: () => undefined,
  };
  return { ...dispatcher, answers: () => answers };
}

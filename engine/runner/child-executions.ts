import { createHash } from 'node:crypto';
import type { Waiter } from '../core/index.ts';
import { isObject, type Json, own } from '../data/json.ts';
import type {
  ExecutionArn,
  ExecutionStore,
  ExecutionSummary,
  StoredMachine,
  TaskOutcome,
  TaskRequest,
} from './ports.ts';

/** What the service integration needs of the runner. */
export interface ChildStarter {
  readonly store: Pick<ExecutionStore, 'machine'>;
  readonly start: (request: {
    readonly machine: StoredMachine;
    readonly name: string;
    readonly input: string;
    readonly waiter?: Waiter;
  }) => Promise<{ readonly kind: 'started' | 'exists'; readonly execution: ExecutionSummary }>;
  readonly stop: (arn: ExecutionArn) => void;
}

/** A task that starts an execution. Its end comes by the child's last step, not from here. */
export type ChildOutcome = TaskOutcome | { readonly kind: 'submitted'; readonly output: Json };

export interface ChildExecutions {
  knows(resource: string): boolean;
  dispatch(task: TaskRequest, waiter: Omit<Waiter, 'pattern'>, report: (outcome: ChildOutcome) => void): void;
  /** The task no longer matters: a child that it waited for is stopped. */
  cancel(key: string): void;
}

const RESOURCE = /^arn:[^:]+:states:::states:startExecution(?:\.(sync(?::2)?|waitForTaskToken))?$/;

/** The service integration `states:startExecution`. (Step Functions guide, "Start workflow executions from a Task state") */
export function childExecutions({ store, start, stop }: ChildStarter): ChildExecutions {
  const running = new Map<string, ExecutionArn>();

  async function run(task: TaskRequest, waiter: Omit<Waiter, 'pattern'>): Promise<ChildOutcome> {
    const pattern = RESOURCE.exec(task.resource)?.[1];
    const asked = readArguments(task);
    if (typeof asked === 'string') return { kind: 'failed', error: 'States.Runtime', cause: asked };
    const machine = await store.machine(asked.machineArn);
    if (machine === undefined)
      return refused('StateMachineDoesNotExist', `State Machine Does Not Exist: '${asked.machineArn}'`);
    const waits = pattern === 'sync' || pattern === 'sync:2';
    const { kind, execution } = await start({
      machine,
      name: asked.name,
      input: asked.input,
      ...(waits ? { waiter: { ...waiter, pattern } } : {}),
    });
    if (kind === 'exists' && execution.input !== asked.input)
      return refused('ExecutionAlreadyExists', `Execution Already Exists: '${execution.arn}'`);
    if (waits) running.set(task.key, execution.arn);
    const output = { ExecutionArn: execution.arn, StartDate: execution.startedAt };
    return { kind: waits ? 'submitted' : 'succeeded', output };
  }

  return {
    knows: (resource) => RESOURCE.test(resource),
    dispatch(task, waiter, report) {
      run(task, waiter).then(report, (thrown: unknown) =>
        report({ kind: 'failed', error: 'StepFunctions.InternalException', cause: String(thrown) }),
      );
    },
    cancel(key) {
      const child = running.get(key);
      running.delete(key);
      if (child !== undefined) stop(child);
    },
  };
}

interface Asked {
  readonly machineArn: string;
  readonly name: string;
  readonly input: string;
}

/** A sentence when the arguments cannot be used. Without a `Name` the key makes one, so a repetition finds the same child. */
function readArguments({ input, key }: TaskRequest): Asked | string {
  const given = isObject(input) ? input : {};
  const [machineArn, name, childInput] = [own(given, 'StateMachineArn'), own(given, 'Name'), own(given, 'Input')];
  if (typeof machineArn !== 'string')
    return `states:startExecution needs a StateMachineArn, a text; it was given ${JSON.stringify(machineArn)}`;
  if (name !== undefined && typeof name !== 'string')
    return `the Name of an execution is a text; it was given ${JSON.stringify(name)}`;
  const made = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return { machineArn, name: name ?? made, input: inputText(childInput) };
}

/** An Input that is a text counts as JSON text when it is some. */
function inputText(input: Json | undefined): string {
  if (typeof input !== 'string') return JSON.stringify(input ?? {});
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

const refused = (code: string, cause: string): TaskOutcome => ({
  kind: 'failed',
  error: `StepFunctions.${code}Exception`,
  cause: `${cause} (Service: AWSStepFunctions; Status Code: 400; Error Code: ${code})`,
});

import { createHash } from 'node:crypto';
import type { TaskWaiter, Waiter } from '../core/index.ts';
import { isObject, type Json, own } from '../data/json.ts';
import { parseJson } from '../data/parse-json.ts';
import { executionArn } from './arn.ts';
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
  readonly store: Pick<ExecutionStore, 'machine' | 'load'>;
  readonly start: (request: {
    readonly machine: StoredMachine;
    readonly name: string;
    readonly input: string;
    readonly waiter?: Waiter;
  }) => Promise<{ readonly kind: 'started' | 'exists'; readonly execution: ExecutionSummary }>;
  readonly stop: (arn: ExecutionArn) => Promise<unknown>;
}

/** A task that starts an execution. Its end comes by the child's last step, not from here. */
export type ChildOutcome = TaskOutcome | { readonly kind: 'submitted'; readonly output: Json };

export interface ChildExecutions {
  knows(resource: string): boolean;
  dispatch(task: TaskRequest, waiter: Omit<TaskWaiter, 'pattern'>, report: (outcome: ChildOutcome) => void): void;
  /** Stops the child that an attempt started with these arguments, also one that is just being started. Safe to repeat. */
  stop(call: Pick<TaskRequest, 'key' | 'input'>, waiter: Omit<TaskWaiter, 'pattern'>): Promise<void>;
}

const RESOURCE = /^arn:[^:]+:states:::states:startExecution(?:\.(sync(?::2)?|waitForTaskToken))?$/;

/** The service integration `states:startExecution`. (Step Functions guide, "Start workflow executions from a Task state") */
export function childExecutions({ store, start, stop }: ChildStarter): ChildExecutions {
  /** Starts in flight by task: a stop waits for them, or it would look for a child that is there a moment later. */
  const starting = new Map<string, Promise<unknown>>();

  async function run(task: TaskRequest, waiter: Omit<TaskWaiter, 'pattern'>): Promise<ChildOutcome> {
    const pattern = RESOURCE.exec(task.resource)?.[1];
    const asked = readArguments(task);
    if (typeof asked === 'string') return { kind: 'failed', error: 'States.Runtime', cause: asked };
    const machine = await store.machine(asked.machineArn);
    if (machine === undefined)
      return refused('StateMachineDoesNotExist', `State Machine Does Not Exist: '${asked.machineArn}'`, task.key);
    const waits = pattern === 'sync' || pattern === 'sync:2';
    if (waits && machine.type === 'EXPRESS')
      return refused(
        'StateMachineTypeNotSupported',
        'This operation is not supported by this type of state machine',
        task.key,
      );
    const { kind, execution } = await start({
      machine,
      name: asked.name,
      input: asked.input,
      ...(waits ? { waiter: { ...waiter, pattern } } : {}),
    });
    if (kind === 'exists' && execution.input !== asked.input)
      return refused('ExecutionAlreadyExists', `Execution Already Exists: '${execution.arn}'`, task.key);
    const output = { ExecutionArn: execution.arn, StartDate: execution.startedAt };
    return { kind: waits ? 'submitted' : 'succeeded', output };
  }

  return {
    knows: (resource) => RESOURCE.test(resource),
    dispatch(task, waiter, report) {
      const outcome = run(task, waiter).catch(
        (thrown: unknown): ChildOutcome => ({
          kind: 'failed',
          error: 'StepFunctions.InternalException',
          cause: String(thrown),
        }),
      );
      starting.set(task.key, outcome);
      void outcome.then((ended) => {
        starting.delete(task.key);
        report(ended);
      });
    },
    async stop(call, waiter) {
      await starting.get(call.key);
      const asked = readArguments(call);
      if (typeof asked === 'string') return; // then nothing was started
      const machine = await store.machine(asked.machineArn);
      if (machine === undefined || machine.type === 'EXPRESS') return; // nobody waits for an Express execution
      const arn = executionArn(machine, asked.name, () => '');
      const started = (await store.load(arn))?.frames['start'];
      const found = started?.kind === 'start' ? started.waiter : undefined;
      const isOurs = found?.pattern !== 'map-run' && found?.arn === waiter.arn && found.key === waiter.key;
      if (isOurs) await stop(arn);
    },
  };
}

interface Asked {
  readonly machineArn: string;
  readonly name: string;
  readonly input: string;
}

/** A sentence when the arguments cannot be used. Without a `Name` the key makes one, so a repetition finds the same child. */
function readArguments({ input, key }: Pick<TaskRequest, 'key' | 'input'>): Asked | string {
  const given = isObject(input) ? input : {};
  const [machineArn, name, childInput] = [own(given, 'StateMachineArn'), own(given, 'Name'), own(given, 'Input')];
  if (typeof machineArn !== 'string')
    return `states:startExecution needs a StateMachineArn, a text; it was given ${JSON.stringify(machineArn)}`;
  if (name !== undefined && typeof name !== 'string')
    return `the Name of an execution is a text; it was given ${JSON.stringify(name)}`;
  const made = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return { machineArn, name: name ?? made, input: inputText(childInput) };
}

/** An Input that is a text counts as JSON text when it is some, and not nested deeper than data may be. */
function inputText(input: Json | undefined): string {
  if (typeof input !== 'string') return JSON.stringify(input ?? {}); // null as if it were not there
  try {
    parseJson(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

const refused = (code: string, cause: string, key: string): TaskOutcome => ({
  kind: 'failed',
  error: `StepFunctions.${code}Exception`,
  cause: `${cause} (Service: AWSStepFunctions; Status Code: 400; Error Code: ${code}; Request ID: ${requestId(key)}; Proxy: null)`,
});

/** The same for every repetition of an attempt. */
function requestId(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

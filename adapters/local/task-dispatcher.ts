import type { Clock, TaskDispatcher, TaskOutcome, TaskRequest } from '../../engine/runner/ports.ts';
import { functionError, ServiceError } from './function-error.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { functionByArn, type LocalFunction, type LocalFunctions, toJson } from './local-function.ts';

interface InProcessTaskDispatcherOptions {
  readonly functions: LocalFunctions;
  /** Functions that run at the same time; the others wait in the order they came. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Told of what no outcome shows. */
  readonly log: (message: string, task: TaskRequest) => void;
}

type Call = Parameters<LocalFunction>[1];

interface OpenTask {
  readonly task: TaskRequest;
  readonly report: (outcome: TaskOutcome) => void;
  readonly abort: AbortController;
  readonly disarm: () => void;
  running: boolean;
}

/**
 * Calls functions of this process, by their ARN or by `lambda:invoke`. What they throw fails the task as on AWS Lambda:
 * the error is its name, the cause Lambda's JSON text with message and stack.
 */
export function inProcessTaskDispatcher(options: InProcessTaskDispatcherOptions): TaskDispatcher {
  const { functions, concurrency, clock, log } = options;
  const open = new Map<string, OpenTask>();
  const waiting: OpenTask[] = [];
  let running = 0;

  function startWaiting(): void {
    while (running < concurrency) {
      const next = waiting.shift();
      if (next === undefined) return;
      if (next.abort.signal.aborted || isLate(next.task)) continue;
      next.running = true;
      running++;
      void run(next);
    }
  }

  const isLate = ({ deadline }: TaskRequest) => deadline !== undefined && deadline <= clock.now();

  async function run(opened: OpenTask): Promise<void> {
    const { task, report, abort } = opened;
    const call = { key: task.key, signal: abort.signal };
    const outcome = await outcomeOf(workOf(functions, task), task, call);
    if (abort.signal.aborted) return; // its place was given away, and nobody waits for the outcome
    leave(opened);
    report(outcome);
  }

  function leave(opened: OpenTask): void {
    open.delete(opened.task.key);
    opened.disarm();
    if (opened.running) running--;
    startWaiting();
  }

  /** A function that heeds no signal goes on, but never keeps others from their turn. */
  function abandon(opened: OpenTask): void {
    opened.abort.abort();
    leave(opened);
  }

  return {
    knows: (resource) => workOf(functions, { resource }) !== undefined,
    dispatch(task, report) {
      if (open.has(task.key)) return;
      const late = () => {
        log(`not done by its deadline, ${opened.running ? 'aborted' : 'never begun'}`, task);
        abandon(opened);
      };
      const disarm = task.deadline === undefined ? () => {} : clock.at(task.deadline, late);
      const opened: OpenTask = { task, report, abort: new AbortController(), disarm, running: false };
      open.set(task.key, opened);
      waiting.push(opened);
      startWaiting();
    },
    cancel(key) {
      const opened = open.get(key);
      if (opened !== undefined) abandon(opened);
    },
  };
}

const workOf = (functions: LocalFunctions, { resource }: Pick<TaskRequest, 'resource'>): LocalFunction | undefined =>
  lambdaInvoke(functions, resource) ?? functionByArn(functions, resource);

async function outcomeOf(
  work: LocalFunction | undefined,
  { resource, input }: TaskRequest,
  call: Call,
): Promise<TaskOutcome> {
  try {
    if (work === undefined) throw notFound(resource);
    return { kind: 'succeeded', output: toJson(await work(structuredClone(input), call)) };
  } catch (thrown) {
    return { kind: 'failed', ...functionError(thrown) };
  }
}

/** The functions of a host change between two starts; an execution from before may still name an old one. */
const notFound = (resource: string) =>
  new ServiceError(
    'Lambda.ResourceNotFoundException',
    `Function not found: ${resource}: no function of this host has this ARN`,
  );

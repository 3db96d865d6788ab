import type { Json } from '../../engine/data/json.ts';
import type { Clock, TaskDispatcher, TaskOutcome, TaskRequest } from '../../engine/runner/ports.ts';

/** A dispatcher that a test drives: it keeps tasks until the test says how they end. */
interface MemoryTaskDispatcher extends TaskDispatcher {
  /** Every task accepted so far, in order, also those that ended. */
  readonly accepted: readonly TaskRequest[];
  /** Keys of the tasks that are open. */
  open(): readonly string[];
  /** Keys that were cancelled. */
  readonly cancelled: readonly string[];
  /** The worker's answer. Ignored when the task is not open, as a late answer is. */
  succeed(key: string, output: Json): void;
  fail(key: string, error: string, cause: string): void;
}

/** `known` are the ARNs with a worker; every ARN has one without it. */
export function memoryTaskDispatcher(clock: Clock, known?: ReadonlySet<string>): MemoryTaskDispatcher {
  const accepted: TaskRequest[] = [];
  const cancelled: string[] = [];
  const open = new Map<string, (outcome: TaskOutcome) => void>();
  const knows = (resource: string) => known?.has(resource) ?? true;

  function end(key: string, outcome: TaskOutcome): void {
    const report = open.get(key);
    open.delete(key);
    report?.(outcome);
  }

  return {
    accepted,
    cancelled,
    open: () => [...open.keys()],
    knows,
    dispatch(task, report) {
      const { key, resource, deadline } = task;
      if (open.has(key)) return;
      accepted.push(task);
      open.set(key, report);
      if (deadline !== undefined) clock.at(deadline, () => open.get(key) === report && open.delete(key));
      if (!knows(resource))
        queueMicrotask(() =>
          end(key, {
            kind: 'failed',
            error: 'Lambda.ResourceNotFoundException',
            cause: `Function not found: ${resource}`,
          }),
        );
    },
    cancel(key) {
      cancelled.push(key);
      open.delete(key);
    },
    succeed: (key, output) => end(key, { kind: 'succeeded', output }),
    fail: (key, error, cause) => end(key, { kind: 'failed', error, cause }),
  };
}

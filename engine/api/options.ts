import type { Clock, ExecutionStore, Ids, TaskDispatcher } from '../runner/ports.ts';
import type { Runner } from '../runner/runner.ts';

/** What the API is made of. */
export interface StepFunctionsApiOptions {
  readonly runner: Pick<Runner, 'start' | 'stop' | 'taskSucceeded' | 'taskFailed' | 'taskHeartbeat'>;
  readonly store: Omit<ExecutionStore, 'create' | 'commit' | 'outbox'>;
  /** Says which resources a machine may name. */
  readonly dispatcher: Pick<TaskDispatcher, 'knows'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  readonly region: string;
  readonly account: string;
}

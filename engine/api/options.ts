import type { Clock, ExecutionStore, Ids, LogSink, TaskDispatcher } from '../runner/ports.ts';
import type { Express } from '../runner/express.ts';
import type { Runner } from '../runner/runner.ts';

/** What the API is made of. */
export interface StepFunctionsApiOptions {
  readonly runner: Pick<
    Runner,
    'start' | 'stop' | 'redrive' | 'changeMapRun' | 'taskSucceeded' | 'taskFailed' | 'taskHeartbeat' | 'activities'
  >;
  /** Runs Express machines; undefined where only Standard ones can be created. */
  readonly express?: Express | undefined;
  readonly store: Omit<ExecutionStore, 'create' | 'commit' | 'outbox' | 'effect'>;
  /** Says which resources a machine may name, and performs the task of a state that is tested without a mock. */
  readonly dispatcher: TaskDispatcher;
  /** Says which log groups there are; undefined where nothing is logged. */
  readonly logs?: Pick<LogSink, 'has'> | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly region: string;
  readonly account: string;
}

/** What the groups of operations share. */
export interface ApiParts extends StepFunctionsApiOptions {
  /** A look and a write belong together: two creations of one name must not both find it free. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

import type { Machine } from '../asl/machine.ts';
import type { Watch } from '../core/index.ts';
import type { ChildExecutions } from './child-executions.ts';
import type { ObjectStore } from './object-store.ts';
import type {
  Clock,
  EventSink,
  ExecutionArn,
  ExecutionStore,
  Ids,
  LogSink,
  StoredMachine,
  TaskDispatcher,
} from './ports.ts';
import type { Runner } from './runner.ts';

/** What a host gives its runner. */
export interface RunnerOptions {
  readonly store: ExecutionStore;
  readonly dispatcher: TaskDispatcher;
  /** What distributed Maps read from and write to. Without it, one with an ItemReader fails. */
  readonly objects?: ObjectStore;
  /** Told when an execution's status changes. */
  readonly events?: EventSink | undefined;
  /** Where executions log whose machines say so. Without it, none do. */
  readonly logs?: LogSink | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The machine of a stored definition; called again and again for the same one, so worth remembering. */
  readonly machineOf: (stored: StoredMachine) => Machine;
  /** Told of what the runner cannot settle by itself: a store that fails, an interpreter that broke a promise. */
  readonly onProblem: (problem: string, arn: ExecutionArn, thrown: unknown) => void;
  /** Who starts executions of this machine that a task asks for; undefined for this runner itself. */
  readonly elsewhere?: (machine: StoredMachine) => Pick<Runner, 'start'> | undefined;
  /** Running executions kept in memory. */
  readonly cachedExecutions?: number;
  /** Performs the tasks it knows in the dispatcher's place; the executions that tasks start, when absent. */
  readonly tasks?: ChildExecutions;
  /** What the expressions of one state may do together, in steps of some tens of nanoseconds; 40 million when absent. */
  readonly stateEffort?: number;
  /** Sees what happens inside the steps. */
  readonly watch?: Watch;
}

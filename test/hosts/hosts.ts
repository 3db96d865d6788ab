import type { Fetch } from '../../adapters/local/host/listen.ts';
import type { HostTime } from '../../adapters/local/host/host-time.ts';
import type { LocalFunctions } from '../../adapters/local/local-function.ts';
import type { VirtualClock } from '../../adapters/local/virtual-clock.ts';
import type { ObjectStore } from '../../engine/runner/object-store.ts';
import type { EventSink, ExecutionStore, Ids, LogSink, TaskDispatcher } from '../../engine/runner/ports.ts';

/** What a test gives a host of any kind. Time goes on by itself while nothing holds it. */
export interface HostParts {
  readonly clock: VirtualClock;
  readonly time: HostTime;
  /** By ARN. */
  readonly functions: LocalFunctions;
  /** Around the dispatcher that calls them. */
  readonly around?: (dispatcher: TaskDispatcher) => TaskDispatcher;
  readonly objects?: ObjectStore | undefined;
  readonly events?: EventSink | undefined;
  /** Chance; that of the host when absent. */
  readonly ids?: Ids;
  /** Left out by hosts that deliver no logs. */
  readonly logs?: LogSink | undefined;
  readonly onProblem: (problem: string, thrown: unknown) => void;
}

export interface OpenedHost {
  /** The Step Functions API of an account. */
  api(place: { readonly region: string; readonly account: string }): Fetch;
  /** For what has no question in the API: which state waits for a task. */
  readonly store: Pick<ExecutionStore, 'load'>;
  close(): Promise<void>;
}

/** A host as a test opens it, once for each case. */
export type OpenHost = (parts: HostParts) => Promise<OpenedHost>;

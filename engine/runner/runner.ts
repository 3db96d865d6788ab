import type { EpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import type { Failure, MapRunChange } from '../core/execution.ts';
import type { ExecutionArn, ExecutionSummary, MapRunArn, StoredMachine } from './ports.ts';

/** Runs executions: the only loop. Load, step, commit, perform. */
export interface Runner {
  /**
   * Starts an execution. `exists` gives the execution that holds the name: the caller decides whether that is the same
   * request again or a conflict.
   */
  start(request: StartRequest): Promise<{ readonly kind: 'started' | 'exists'; readonly execution: ExecutionSummary }>;
  /** Ends a running execution as ABORTED. `ended` when it was over already; its outcome stays. */
  stop(
    arn: ExecutionArn,
    failure: Failure,
  ): Promise<
    { readonly kind: 'stopped' | 'ended'; readonly execution: ExecutionSummary } | { readonly kind: 'unknown' }
  >;
  /** Goes on with an execution that failed, from where it did; `refused` says why it cannot. */
  redrive(
    arn: ExecutionArn,
    clientToken?: string,
  ): Promise<
    | { readonly kind: 'redriven'; readonly at: EpochMs }
    | { readonly kind: 'refused'; readonly reason: string }
    | { readonly kind: 'unknown' }
  >;
  /** Outcomes by task token. `timed-out`: the attempt is over; `invalid`: this was never a token. */
  taskSucceeded(token: string, output: Json): Promise<TokenAnswer>;
  taskFailed(token: string, failure: Failure): Promise<TokenAnswer>;
  taskHeartbeat(token: string): Promise<TokenAnswer>;
  /** Changes what a running Map Run may do. `ended` when it was over already; nothing changes then. */
  changeMapRun(arn: MapRunArn, change: MapRunChange): Promise<'changed' | 'ended' | 'unknown'>;
  readonly activities: RunnerActivities;
  /** Performs the outbox again and arms the timers; a host calls it once, before it serves. Gives the number of effects. */
  recover(): Promise<number>;
  /** Resolves when nothing is queued or being written. Open tasks and timers do not count. */
  settled(): Promise<void>;
  /** The execution's summary once it has ended. */
  ended(arn: ExecutionArn): Promise<ExecutionSummary>;
  /** Finishes what is being written and starts nothing more. */
  close(): Promise<void>;
}

export interface StartRequest {
  readonly machine: StoredMachine;
  /** The version and the alias it was asked for by. */
  readonly versionArn?: string | undefined;
  readonly aliasArn?: string | undefined;
  readonly name: string;
  /** JSON text as the client sent it, at most 262,144 bytes; already checked to be JSON. */
  readonly input: string;
}

/** Work for whoever asks for it. What exists is the store's to keep; the runner is told. */
export interface RunnerActivities {
  created(arn: string): void;
  /** Tasks that come later fail; those that wait can still be taken. */
  deleted(arn: string): void;
  /** A task of the activity, begun as this worker's; undefined when none came within a minute or the worker left. */
  take(
    arn: string,
    workerName: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly token: string; readonly input: string } | undefined>;
  /** Sends waiting workers away, so that a host can close. */
  close(): void;
}

export type TokenAnswer = 'accepted' | 'timed-out' | 'invalid';

import type { EpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import type { Announcement, Effect, Frame, Head } from '../core/execution.ts';
import type { HistoryEvent } from '../core/history.ts';
import type { MapRun } from '../core/map-run.ts';
import type { CatalogItems, CatalogKind } from './catalog.ts';

export {
  type AliasRoute,
  type CatalogItems,
  type CatalogKind,
  placeOf,
  type StoredActivity,
  type StoredAlias,
  type StoredVersion,
  type Tag,
  type TagSet,
} from './catalog.ts';

/** ARN of an execution: `arn:aws:states:<region>:<account>:execution:<machine>:<name>`. */
export type ExecutionArn = string;
/** With `/<label>` behind the machine's name, that of an item processor inside it: what a Map Run's executions run. */
export type MachineArn = string;
/** ARN of a Map Run: `arn:aws:states:<region>:<account>:mapRun:<machine>/<label>:<id>`. */
export type MapRunArn = string;

export type { MapRun };

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A machine as created. Its definition is kept as text, as the client wrote it. */
export interface StoredMachine {
  readonly arn: MachineArn;
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: string;
  /** Changes with every update; an execution keeps the revision it started with. */
  readonly revisionId: string;
  readonly roleArn: string;
  readonly createdAt: EpochMs;
  /** When this revision replaced the one before; absent in the revision a machine was created with. */
  readonly updatedAt?: EpochMs | undefined;
  /** The highest number that a version of this machine ever had; absent before the first. */
  readonly lastVersion?: number | undefined;
  /** Absent: OFF. */
  readonly logging?: LoggingConfiguration | undefined;
  /** Absent: not enabled. */
  readonly tracing?: { readonly enabled: boolean } | undefined;
}

/** What a machine's executions are to log, with AWS's names. */
export interface LoggingConfiguration {
  readonly level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  readonly includeExecutionData: boolean;
  readonly destinations?: readonly { readonly cloudWatchLogsLogGroup: { readonly logGroupArn: string } }[];
}

/** What is known of an execution without loading its state: the row behind Describe and List. */
export interface ExecutionSummary {
  readonly arn: ExecutionArn;
  readonly machineArn: MachineArn;
  readonly revisionId: string;
  /** The Map Run that started it; absent for an execution of its own. */
  readonly mapRunArn?: MapRunArn | undefined;
  /** The version it was started with, by its own ARN or through an alias. */
  readonly versionArn?: string | undefined;
  readonly aliasArn?: string | undefined;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: EpochMs;
  readonly stoppedAt: EpochMs | undefined;
  /** JSON text, exactly as the client sent it. */
  readonly input: string;
  /** JSON text; only when SUCCEEDED. */
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Absent for one that never was. */
  readonly redriveCount?: number | undefined;
  /** The last time. */
  readonly redrivenAt?: EpochMs | undefined;
}

/** Everything the interpreter needs to go on, with the version that guards the next commit. */
export interface StoredExecution {
  readonly summary: ExecutionSummary;
  readonly version: number;
  readonly head: Head;
  readonly frames: Readonly<Record<string, Frame>>;
}

/** One atomic write: changed frames, new history, opened and closed effects, and the summary when it changed. */
export interface Commit {
  readonly head: Head;
  /** null removes a frame. Frames not named stay as they are. */
  readonly frames: Readonly<Record<string, Frame | null>>;
  /** Appended; ids continue the stored ones without a gap. */
  readonly history: readonly HistoryEvent[];
  /** Put into the outbox, by `effect.id`, after the closed ones have left. */
  readonly opened: readonly Effect[];
  /** Ids that leave the outbox. Unknown ids are ignored. */
  readonly closed: readonly string[];
  readonly summary: ExecutionSummary | undefined;
  /** Map Runs of the execution, stored as they are now; none when absent. */
  readonly mapRuns?: readonly MapRun[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque to the caller; undefined on the last page. */
  readonly next: string | undefined;
}

/** A `from` that is not the `next` of an earlier page of the same listing. */
export class InvalidPageToken extends Error {
  override readonly name = 'InvalidPageToken';
}

/**
 * Where executions live. Every method is atomic by itself; a promise that resolves is durable. History that does not
 * go on where the stored one ends is a fault of the caller: the promise rejects and nothing is written.
 */
export interface ExecutionStore {
  /** The first commit of an execution. `exists` when the ARN is taken; nothing is written then. Its version becomes 1. */
  create(summary: ExecutionSummary, first: Commit): Promise<'created' | 'exists'>;
  /**
   * `conflict` when the stored version is not `expectedVersion`, or there is no such execution; nothing is written then.
   * The version becomes `expectedVersion + 1`. A summary that SUCCEEDED removes every frame; one that ended
   * otherwise keeps them, for a redrive.
   */
  commit(arn: ExecutionArn, expectedVersion: number, change: Commit): Promise<'committed' | 'conflict'>;
  load(arn: ExecutionArn): Promise<StoredExecution | undefined>;
  /** Also for executions that ended. */
  summary(arn: ExecutionArn): Promise<ExecutionSummary | undefined>;
  /**
   * Events in id order, or from the newest back when `reverse`; none for an unknown execution. `from` is the `next` of
   * the page before. @throws InvalidPageToken
   */
  history(
    arn: ExecutionArn,
    page: { readonly limit: number; readonly reverse: boolean; readonly from?: string },
  ): Promise<Page<HistoryEvent>>;
  /** Newest start first. @throws InvalidPageToken */
  list(query: {
    readonly machineArn?: MachineArn;
    readonly mapRunArn?: MapRunArn;
    readonly versionArn?: string;
    readonly aliasArn?: string;
    readonly status?: ExecutionStatus;
    readonly limit: number;
    readonly from?: string;
  }): Promise<Page<ExecutionSummary>>;
  mapRun(arn: MapRunArn): Promise<MapRun | undefined>;
  /** The Map Runs of an execution, newest start first. @throws InvalidPageToken */
  mapRuns(query: {
    readonly executionArn: ExecutionArn;
    readonly limit: number;
    readonly from?: string;
  }): Promise<Page<MapRun>>;
  /**
   * The whole outbox, or one execution's, oldest first: what a host performs again when it starts. What is opened while
   * this runs is not given, nor what is closed before its turn.
   */
  outbox(arn?: ExecutionArn): AsyncIterable<{ readonly arn: ExecutionArn; readonly effect: Effect }>;
  /** One effect of an execution's outbox; undefined when it is not there any more, or never was. */
  effect(arn: ExecutionArn, id: string): Promise<Effect | undefined>;
  /**
   * Removes the executions that ended before an instant, with their history, and gives their number: their ARNs are free
   * again. One with something left in the outbox stays. Those removed before a crash stay removed, the others stay.
   */
  forget(endedBefore: EpochMs): Promise<number>;
  /** Stores the machine as its newest revision; older revisions stay readable for running executions. */
  putMachine(machine: StoredMachine): Promise<void>;
  /**
   * Takes the machine off the list, with what the catalog has of it; its revisions stay readable by id. Unknown ARNs
   * are ignored.
   */
  deleteMachine(arn: MachineArn): Promise<void>;
  /** The newest revision, or the one asked for. */
  machine(arn: MachineArn, revisionId?: string): Promise<StoredMachine | undefined>;
  /** By name. @throws InvalidPageToken */
  machines(page: PageRequest): Promise<Page<StoredMachine>>;
  readonly catalog: Catalog;
}

export interface PageRequest {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly from?: string;
}

/** Versions, aliases, activities and tags. */
export type Catalog = { readonly [Kind in CatalogKind]: Collection<CatalogItems[Kind]> };

export interface Collection<Item> {
  /** Stores the item under its ARN, in place of one that is there. */
  put(item: Item): Promise<void>;
  get(arn: string): Promise<Item | undefined>;
  /** Unknown ARNs are ignored. */
  drop(arn: string): Promise<void>;
  /** The owner's items, in the order of `placeOf`. @throws InvalidPageToken */
  list(owner: string, page: PageRequest): Promise<Page<Item>>;
}

/** A task to be done once or more; `key` stays the same for the same attempt, so the worker can recognise a repetition. */
export interface TaskRequest {
  readonly key: string;
  readonly execution: ExecutionArn;
  /** The function's or service's ARN. */
  readonly resource: string;
  readonly input: Json;
  /** Present for `.waitForTaskToken`. */
  readonly taskToken: string | undefined;
  /**
   * When the state times out; undefined for no limit. What is not done by then is aborted and never reported: the
   * state's own timer is its outcome.
   */
  readonly deadline: EpochMs | undefined;
}

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

/** Gives tasks to workers. */
export interface TaskDispatcher {
  /** True when a worker for this ARN exists; a machine that names another is refused when it is created. */
  knows(resource: string): boolean;
  /**
   * Accepts a task and reports its outcome, once, through `report`. Accepting the same key twice while the first is
   * open is harmless. A process that dies forgets what it accepted: the runner dispatches it again from the outbox.
   */
  dispatch(task: TaskRequest, report: (outcome: TaskOutcome) => void): void;
  /** Best effort: the outcome no longer matters. */
  cancel(key: string): void;
}

/** That an effect waits in the outbox: all that a queue has to carry. */
export interface EffectNotice {
  readonly arn: ExecutionArn;
  readonly effectId: string;
  readonly kind: Effect['kind'];
  /** When it is due; undefined for now. */
  readonly at: EpochMs | undefined;
  /** 0, and one more each time it came back before it was due: two links of such a chain are two notices. */
  readonly link: number;
}

/** Carries effects to whichever process performs them, where none lives long enough to keep them itself. */
export interface EffectQueue {
  /**
   * Resolves when every notice is durable. Each is given to `QueuedRunner.perform` at least once, in any order, at or
   * after its instant, again while that rejects, and early when it lies further ahead than the queue can keep it. One
   * that is sent twice may be given once or twice.
   */
  send(notices: readonly EffectNotice[]): Promise<void>;
}

export interface Clock {
  now(): EpochMs;
  /** Calls `run` once at or after `at`. The returned function cancels it. */
  at(at: EpochMs, run: () => void): () => void;
}

/** Takes events in EventBridge's shape. Each is given at least once, over restarts too; its `id` tells a repetition. */
export interface EventSink {
  /** Rejects when the event was not taken; it is given again later. */
  put(event: Announcement): Promise<void>;
}

/** Takes the lines that executions log, in log groups. */
export interface LogSink {
  /** Whether the log group is there, or would be made; a machine that is to log anywhere else is refused. */
  has(logGroupArn: string): Promise<boolean>;
  /**
   * Appends lines to a log group, all of them or none, and resolves when they are as durable as the sink is. An
   * execution's lines are put in the order of its events and none before the one before it was taken; rejected lines are
   * put again. So no line is lost that a commit has the event of, and a line is there twice only when the process died
   * after it was taken and before the next commit of its execution. What an Express execution logs is lost with
   * the process, and when it is rejected after the execution has ended.
   */
  put(logGroupArn: string, lines: readonly string[]): Promise<void>;
}

/** At least 120 unpredictable bits as 32 hexadecimal digits: execution names and the seed of each step. */
export interface Ids {
  next(): string;
}

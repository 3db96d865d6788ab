import type { ReaderConfig, ResultWriter } from '../asl/machine.ts';
import type { EpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { HistoryEvent } from './history.ts';
import type { BatchLimits, ChildResult, MapRun, Tolerance } from './map-run.ts';
import type { Watch } from './watch.ts';

/** The few bytes of an execution that change with every step. */
export interface Head {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Id of the newest history event; ids run from 1 without a gap. */
  readonly lastEventId: number;
}

/**
 * A piece of an execution's state. Pieces are stored one by one, so a step costs what it changed:
 * a Map over a thousand items rewrites one iteration, never the list.
 */
export type Frame = StartFrame | RunFrame | ItemsFrame | ChildFrame | EndedFrame;

/** What the execution was started with; written once, under the id `start`. */
export interface StartFrame {
  readonly kind: 'start';
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly startedAt: EpochMs;
  readonly input: Json;
  /** What waits for this execution to end; undefined for an execution of its own. */
  readonly waiter: Waiter | undefined;
  /** The times it was redriven, oldest first; absent for never. */
  readonly redrives?: readonly Redrive[];
}

export interface Redrive {
  readonly at: EpochMs;
  /** What the caller sent, so that a repetition of the call is recognised. */
  readonly clientToken: string | undefined;
}

export type Waiter = TaskWaiter | MapRunWaiter;

/** A task with `.sync`. */
export interface TaskWaiter {
  readonly arn: string;
  readonly frame: string;
  readonly key: string;
  /** `.sync` hears the output as text, `.sync:2` as JSON. */
  readonly pattern: 'sync' | 'sync:2';
}

/** A distributed Map, for one of its iterations. */
export interface MapRunWaiter {
  readonly arn: string;
  readonly frame: string;
  readonly mapRun: string;
  readonly index: number;
  readonly pattern: 'map-run';
}

/** One line of control: the root (`root`), a Parallel branch or a Map iteration (`<parent>/<event id>.<index>`). */
export interface RunFrame {
  readonly kind: 'run';
  readonly id: string;
  /** null for the root. */
  readonly parent: string | null;
  /** Which branch or iteration of the parent's state. */
  readonly index: number;
  /** Name of the state it is in. */
  readonly state: string;
  /** That state's raw input. */
  readonly input: Json;
  readonly variables: JsonObject;
  /** 0 until the state is entered. */
  readonly enteredEventId: number;
  /** The event before it: AWS hangs a failed evaluation there. */
  readonly beforeEnteredEventId: number;
  readonly enteredAt: EpochMs;
  /** What the next event of this line names as its predecessor. */
  readonly previousEventId: number;
  /** Attempts used so far, by index of the retrier. */
  readonly retries: readonly number[];
  readonly doing: Doing;
}

export type Doing =
  | { readonly phase: 'entering' }
  | { readonly phase: 'waiting'; readonly timer: string }
  | {
      readonly phase: 'task';
      /** Names the attempt for ever: the id of its scheduled event. */
      readonly key: string;
      readonly token: string | undefined;
      /** Whether the called service or a worker has taken the work (`TaskSubmitted`, `ActivityStarted`). */
      readonly submitted: boolean;
      /** Arguments of a child execution the task waits for, which has to be stopped with it; undefined for other tasks. */
      readonly child: Json | undefined;
      /** The state's timers that are armed; none for an unlimited task. */
      readonly timeoutTimer: string | undefined;
      readonly heartbeatTimer: string | undefined;
      readonly heartbeatSeconds: number | undefined;
      /** Of an activity, whose time runs from when a worker takes the task. */
      readonly timeoutSeconds?: number | undefined;
    }
  | { readonly phase: 'retrying'; readonly timer: string }
  | { readonly phase: 'parallel'; readonly startedEventId: number; readonly open: number }
  | {
      readonly phase: 'map';
      readonly startedEventId: number;
      readonly total: number;
      /** Index of the next iteration to start. */
      readonly next: number;
      readonly open: number;
      readonly maxConcurrency: number;
      /** The effective input, which an ItemSelector reads as `$`. */
      readonly input: Json;
    }
  | MapRunDoing;

/** A distributed Map at work. Its iterations are executions of their own; here are what it counts and where it stands. */
export interface MapRunDoing {
  readonly phase: 'map-run';
  readonly stage: 'reading' | 'running' | 'writing';
  readonly startedEventId: number;
  readonly run: MapRun;
  /** Index of the first item that no execution has. */
  readonly nextItem: number;
  /** Index of the next execution to start. */
  readonly nextChild: number;
  readonly tolerance: Tolerance;
  /** The effective input, which an ItemSelector reads as `$`. */
  readonly input: Json;
  /** Undefined where every execution has one item. */
  readonly batch: BatchLimits | undefined;
  /** Bucket and prefix of the results; undefined where they are the state's result. */
  readonly writeTo: Json | undefined;
  /** Why it fails as soon as its results are written. */
  readonly failure: Failure | undefined;
}

/** A running Map's items, under `<frame>/items`; written once when the Map starts. */
export interface ItemsFrame {
  readonly kind: 'items';
  readonly items: readonly Json[];
  /** Keys of the items, where they are the members of an object. */
  readonly keys?: readonly string[];
  /** `Map.Item.Source` of a distributed Map: `STATE_DATA`, `S3://bucket/key`. */
  readonly source?: string;
}

/** An iteration of a distributed Map whose execution has not ended, under `<frame>/<event id>.<index>`. */
export interface ChildFrame {
  readonly kind: 'child';
  readonly index: number;
  /** How many items it has. */
  readonly items: number;
}

/** A branch or iteration that ended, under its own id, until its siblings have ended too. */
export interface EndedFrame {
  readonly kind: 'ended';
  readonly index: number;
  readonly output: Json;
}

/**
 * Something to do outside. It stays in the outbox under its id from the step that opened it until a step closes it,
 * and is performed again after a crash.
 */
export type Effect =
  | {
      readonly kind: 'RunTask';
      readonly id: string;
      readonly frame: string;
      /** Unique in the execution and the same for every repetition of the attempt. */
      readonly key: string;
      readonly resource: string;
      readonly input: Json;
      readonly token: string | undefined;
      readonly credentials: Json | undefined;
      readonly deadline: EpochMs | undefined;
    }
  | { readonly kind: 'SetTimer'; readonly id: string; readonly frame: string; readonly at: EpochMs }
  /** The step did its share of transitions and wants another turn. */
  | { readonly kind: 'Continue'; readonly id: string }
  /** Stops the child execution that the attempt `key` started, or was about to. */
  | {
      readonly kind: 'StopChild';
      readonly id: string;
      readonly frame: string;
      readonly key: string;
      readonly input: Json;
    }
  /** Starts an iteration of a distributed Map. Stays until the execution has ended; its name makes it safe to repeat. */
  | {
      readonly kind: 'StartChild';
      readonly id: string;
      /** ARN of the item processor: `…:stateMachine:<machine>/<label>`. */
      readonly machineArn: string;
      readonly executionType: 'STANDARD' | 'EXPRESS';
      readonly name: string;
      readonly input: Json;
      readonly waiter: MapRunWaiter;
    }
  /** Reads the items of a distributed Map. */
  | {
      readonly kind: 'ReadItems';
      readonly id: string;
      readonly frame: string;
      readonly mapRun: string;
      readonly action: 'getObject' | 'listObjectsV2';
      readonly parameters: Json;
      readonly maxItems: number | undefined;
      readonly config: ReaderConfig;
    }
  /** Writes the results of a distributed Map, after the executions that still run are stopped and have ended. */
  | {
      readonly kind: 'WriteResults';
      readonly id: string;
      readonly frame: string;
      readonly mapRun: string;
      readonly parameters: Json;
      readonly transformation: ResultWriter['transformation'];
      readonly outputType: ResultWriter['outputType'];
      /** The first of the items that no execution was started for. */
      readonly pendingFrom: number;
    }
  /** Stops the executions of a distributed Map that is over before they are. */
  | { readonly kind: 'StopMapRun'; readonly id: string; readonly mapRun: string }
  /** Tells whoever listens that the execution's status changed. Stays in the outbox until it is taken. */
  | { readonly kind: 'Announce'; readonly id: string; readonly event: Announcement }
  /** Tells another execution what it waits for. Opened by an execution's last step; delivered at least once. */
  | { readonly kind: 'Deliver'; readonly id: string; readonly to: string; readonly event: ExecutionEvent };

/** An event in EventBridge's shape, which has more members than these. */
export type Announcement = JsonObject & { readonly id: string; readonly 'detail-type': string };

/** What happened outside since the last step. Results that no open attempt waits for change nothing. */
export type ExecutionEvent =
  | { readonly kind: 'Continued'; readonly id: string }
  /** An effect without an outcome was performed and may leave the outbox. */
  | { readonly kind: 'EffectDone'; readonly id: string }
  | { readonly kind: 'TimerFired'; readonly id: string; readonly frame: string }
  | { readonly kind: 'TaskSubmitted'; readonly frame: string; readonly key: string; readonly output: Json }
  | (Outcome & { readonly kind: 'TaskSucceeded'; readonly output: Json })
  | (Outcome & { readonly kind: 'TaskFailed'; readonly failure: Failure })
  | {
      readonly kind: 'ActivityTaken';
      readonly frame: string;
      readonly key: string;
      readonly workerName: string | undefined;
    }
  | { readonly kind: 'HeartbeatReceived'; readonly frame: string; readonly key: string }
  | ({ readonly kind: 'ItemsRead'; readonly frame: string; readonly mapRun: string } & Omit<ItemsFrame, 'kind'>)
  | { readonly kind: 'ResultsWritten'; readonly frame: string; readonly mapRun: string; readonly output: Json }
  /** Its items could not be read, or its results not written. */
  | {
      readonly kind: 'MapRunHindered';
      readonly frame: string;
      readonly mapRun: string;
      readonly failure: Failure;
    }
  | {
      readonly kind: 'ChildEnded';
      readonly frame: string;
      readonly mapRun: string;
      readonly index: number;
      readonly result: ChildResult;
    }
  | ({ readonly kind: 'MapRunChanged'; readonly mapRun: string } & MapRunChange)
  | { readonly kind: 'MapRunStopped'; readonly id: string }
  | { readonly kind: 'StopRequested'; readonly error: string | undefined; readonly cause: string | undefined };

interface Outcome {
  readonly frame: string;
  readonly key: string;
  /** What `TaskSubmitted` says, where the outcome may overtake it: a child execution may end before its parent is told of it. */
  readonly submitted?: Json;
}

/** What UpdateMapRun changes of a running Map Run. */
export interface MapRunChange {
  readonly maxConcurrency: number | undefined;
  readonly toleratedFailureCount: number | undefined;
  readonly toleratedFailurePercentage: number | undefined;
}

/** An ASL error name with its cause. */
export interface Failure {
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** A missed heartbeat is a `States.Timeout` that may also be matched as `States.HeartbeatTimeout`. */
  readonly kind?: 'heartbeat';
}

/** The part of time and chance that a step may use: a step is a pure function of state, event and this. */
export interface StepContext {
  readonly now: EpochMs;
  /** Unpredictable hexadecimal digits; every UUID, token and jitter of the step is derived from them. */
  readonly seed: string;
  /** Sees what happens inside the step. */
  readonly watch?: Watch | undefined;
  /** A state tested by itself sees this as its context object, and its failures do not say where in a history it stood. */
  readonly alone?: { readonly contextObject: JsonObject } | undefined;
  /** Whether an activity of this ARN exists; without it, every one does. */
  readonly hasActivity?: (arn: string) => boolean;
}

/** How a step left the execution, and what the runner writes before it performs anything. */
export interface Step {
  readonly head: Head;
  readonly frames: Readonly<Record<string, Frame | null>>;
  readonly history: readonly HistoryEvent[];
  readonly opened: readonly Effect[];
  readonly closed: readonly string[];
  /** Map Runs that the step started or changed, as they are after it. */
  readonly mapRuns: readonly MapRun[];
  /** Present when the step ended the execution. */
  readonly end: End | undefined;
}

export type End =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | ({ readonly status: 'FAILED' | 'ABORTED' | 'TIMED_OUT' } & Failure);

/** State as a step reads it. */
export interface ExecutionState {
  readonly head: Head;
  readonly frames: Readonly<Record<string, Frame>>;
}

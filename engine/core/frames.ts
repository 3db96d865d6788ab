import type { EpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { Failure } from './failure.ts';
import type { BatchLimits, MapRun, Tolerance, Unsuccessful, UnsuccessfulCounts } from './map-run.ts';

/** State as a step reads it. */
export interface ExecutionState {
  readonly head: Head;
  readonly frames: Readonly<Record<string, Frame>>;
}

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
  /** How the interpreter behaved when it was started, and behaves to its end (`behaviour.ts`); 1 when absent. */
  readonly behaviour?: number;
  /** What waits for this execution to end; undefined for an execution of its own. */
  readonly waiter: Waiter | undefined;
  /** The times it was redriven, oldest first; absent for never. */
  readonly redrives?: readonly Redrive[];
}

export interface Redrive {
  readonly at: EpochMs;
  /** What the caller sent, so that a repetition of the call is recognised. */
  readonly clientToken: string | undefined;
  /** The round of its Map Run that redrove it; absent for a redrive of its own. */
  readonly round?: number;
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
  /** How often the Map Run had been redriven when it started the execution; absent for never. */
  readonly round?: number;
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
  /** Executions of earlier rounds that are still to be redriven; absent for none. */
  readonly redriving?: Redriving;
}

/** Of the executions with an index from `next` up to `end`, those that were unsuccessful wait to be redriven. */
export interface Redriving {
  readonly next: number;
  readonly end: number;
  /** As what they count when the run ends before it comes to them. */
  readonly items: UnsuccessfulCounts;
  readonly executions: UnsuccessfulCounts;
}

/** A running Map's items, under `<frame>/items`; written once when the Map starts. */
export interface ItemsFrame {
  readonly kind: 'items';
  readonly items: readonly Json[];
  /** Keys of the items that are members of an object, null for the others; absent when there is none. */
  readonly keys?: readonly (string | null)[];
  /** Where the items of a distributed Map are from, in their order. */
  readonly sources?: readonly ItemSource[];
}

/** `Map.Item.Source` of the items from an index on: `STATE_DATA`, `S3://bucket/key`. */
export interface ItemSource {
  readonly from: number;
  readonly source: string;
}

/** An iteration of a distributed Map whose execution has not ended, under `<frame>/<event id>.<index>`. */
export interface ChildFrame extends ChildItems {
  readonly kind: 'child';
  readonly index: number;
  /** The redrive of the Map Run that started it again: only its news of that round count. Absent for the first. */
  readonly round?: number;
}

/** Which items an execution of a Map Run has: so many from the first on. */
export interface ChildItems {
  readonly first: number;
  readonly items: number;
}

/** A branch or iteration that ended, under its own id, until its siblings have ended too. */
export interface EndedFrame {
  readonly kind: 'ended';
  readonly index: number;
  readonly output: Json;
  /** Of an execution of a Map Run that a redrive runs again. */
  readonly unsuccessful?: ChildItems & { readonly status: Unsuccessful };
}

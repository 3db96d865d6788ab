import type { EpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { HistoryEvent } from './history.ts';

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
export type Frame = StartFrame | RunFrame | ItemsFrame | EndedFrame;

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
  /** The task that waits for this execution to end (`.sync`); undefined for an execution of its own. */
  readonly waiter: Waiter | undefined;
}

export interface Waiter {
  readonly arn: string;
  readonly frame: string;
  readonly key: string;
  /** `.sync` hears the output as text, `.sync:2` as JSON. */
  readonly pattern: 'sync' | 'sync:2';
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
      /** Whether the called service has taken the work (`TaskSubmitted`). */
      readonly submitted: boolean;
      /** Arguments of a child execution the task waits for, which has to be stopped with it; undefined for other tasks. */
      readonly child: Json | undefined;
      /** The state's timers that are armed; none for an unlimited task. */
      readonly timeoutTimer: string | undefined;
      readonly heartbeatTimer: string | undefined;
      readonly heartbeatSeconds: number | undefined;
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
    };

/** A running Map's items, under `<frame>/items`; written once when the Map starts. */
export interface ItemsFrame {
  readonly kind: 'items';
  readonly items: readonly Json[];
}

/** A branch or iteration that succeeded, under its own id, until its siblings have ended too. */
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
  /** Tells another execution what it waits for. Opened by an execution's last step; delivered at least once. */
  | { readonly kind: 'Deliver'; readonly id: string; readonly to: string; readonly event: ExecutionEvent };

/** What happened outside since the last step. Results that no open attempt waits for change nothing. */
export type ExecutionEvent =
  | { readonly kind: 'Continued'; readonly id: string }
  /** An effect without an outcome was performed and may leave the outbox. */
  | { readonly kind: 'EffectDone'; readonly id: string }
  | { readonly kind: 'TimerFired'; readonly id: string; readonly frame: string }
  | { readonly kind: 'TaskSubmitted'; readonly frame: string; readonly key: string; readonly output: Json }
  | { readonly kind: 'TaskSucceeded'; readonly frame: string; readonly key: string; readonly output: Json }
  | { readonly kind: 'TaskFailed'; readonly frame: string; readonly key: string; readonly failure: Failure }
  | { readonly kind: 'HeartbeatReceived'; readonly frame: string; readonly key: string }
  | { readonly kind: 'StopRequested'; readonly error: string | undefined; readonly cause: string | undefined };

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
}

/** How a step left the execution, and what the runner writes before it performs anything. */
export interface Step {
  readonly head: Head;
  readonly frames: Readonly<Record<string, Frame | null>>;
  readonly history: readonly HistoryEvent[];
  readonly opened: readonly Effect[];
  readonly closed: readonly string[];
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

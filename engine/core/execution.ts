import type { EpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { Effect } from './effects.ts';
import type { Failure } from './failure.ts';
import type { Frame, Head } from './frames.ts';
import type { HistoryEvent } from './history.ts';
import type { MapRun } from './map-run.ts';
import type { Watch } from './watch.ts';

// What a step reads and what it leaves: state and event in; state, history and effects out.
export type * from './effects.ts';
export type * from './events.ts';
export type * from './failure.ts';
export type * from './frames.ts';

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
  /** What the expressions of one state may do together; `STATE_EFFORT` when absent. */
  readonly effort?: number | undefined;
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

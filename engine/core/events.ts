import type { Json } from '../data/json.ts';
import type { Failure } from './failure.ts';
import type { ItemsFrame } from './frames.ts';
import type { ChildResult } from './map-run.ts';

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
      /** The round in which it ended; absent for the first. */
      readonly round?: number;
      /** It was to be redriven and cannot be: its result stands. */
      readonly isFinal?: true;
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

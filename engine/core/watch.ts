import type { Json } from '../data/json.ts';
import type { Failure } from './execution.ts';

/** Values on the way through a state, by the names that TestState's inspection data has for them. (API reference, `InspectionData`) */
export type Stage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'afterItemsPath'
  | 'afterItemSelector'
  | 'afterItemBatcher'
  | 'maxConcurrency'
  | 'toleratedFailureCount'
  | 'toleratedFailurePercentage';

/** What a step shows to whoever looks on: values on their way, and which way a state took. */
export type Sight =
  | { readonly kind: 'value'; readonly state: string; readonly stage: Stage; readonly value: Json }
  /** A state was entered, in this execution or in one that a distributed Map started. */
  | { readonly kind: 'state'; readonly state: string; readonly index: undefined }
  /** The rule of a Choice that held, by its index; undefined for `Default`. */
  | { readonly kind: 'rule'; readonly state: string; readonly index: number | undefined }
  /** The retrier that names a failure; without a delay its attempts are used up. */
  | {
      readonly kind: 'retrier';
      readonly state: string;
      readonly index: number;
      readonly failure: Failure;
      readonly delaySeconds: number | undefined;
    }
  | { readonly kind: 'catcher'; readonly state: string; readonly index: number; readonly failure: Failure };

/** Looks on while a step is made. It changes nothing: a step with and without it is the same. */
export type Watch = (sight: Sight) => void;

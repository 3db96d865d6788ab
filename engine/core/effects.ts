import type { ReaderConfig, ResultWriter } from '../asl/machine.ts';
import type { EpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { ExecutionEvent } from './events.ts';
import type { MapRunWaiter } from './frames.ts';

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
      /** With a `round`, an execution that ended before is redriven; one that is not there is started. */
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
  /** Stops the executions of a distributed Map that is over before they are; none that a later round runs again. */
  | { readonly kind: 'StopMapRun'; readonly id: string; readonly mapRun: string; readonly round: number }
  /** Tells whoever listens that the execution's status changed. Stays in the outbox until it is taken. */
  | { readonly kind: 'Announce'; readonly id: string; readonly event: Announcement }
  /** Puts the execution's events, from this one on, where its machine logs. */
  | { readonly kind: 'Log'; readonly id: string; readonly from: number }
  /** Tells another execution what it waits for. Opened by an execution's last step; delivered at least once. */
  | { readonly kind: 'Deliver'; readonly id: string; readonly to: string; readonly event: ExecutionEvent };

/** An event in EventBridge's shape, which has more members than these. */
export type Announcement = JsonObject & { readonly id: string; readonly 'detail-type': string };

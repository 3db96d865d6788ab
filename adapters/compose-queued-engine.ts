import { type Authentication, stepFunctionsApi, stepFunctionsOperations } from '../engine/api/index.ts';
import type { ObjectStore } from '../engine/runner/object-store.ts';
import type { Clock, EffectQueue, EventSink, ExecutionStore, Ids, TaskDispatcher } from '../engine/runner/ports.ts';
import { createQueuedRunner, type QueuedRunner } from '../engine/runner/queued-runner.ts';
import { machineCache } from './local/host/machine-cache.ts';
import { refuseUnoffered } from './refuse-unoffered.ts';

export interface QueuedEngineParts {
  readonly store: ExecutionStore;
  readonly queue: EffectQueue;
  /** Runs a function inside the invocation that was given its notice. */
  readonly dispatcher: TaskDispatcher;
  /** What distributed Maps read and write; without it, machines that name an ItemReader or a ResultWriter are refused. */
  readonly objects?: ObjectStore | undefined;
  /** Told when an execution's status changes. */
  readonly events?: EventSink | undefined;
  /** Absent: who may call is asked by the platform before a request comes here. */
  readonly authentication?: Authentication | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told of what is the host's fault. */
  readonly onProblem: (problem: string, thrown: unknown, about?: string) => void;
}

export interface QueuedEngine {
  readonly runner: QueuedRunner;
  /** The Step Functions wire API of one account and region. */
  api(place: { readonly region: string; readonly account: string }): (request: Request) => Promise<Response>;
}

/**
 * The interpreter and its API in a process that lives from invocation to invocation. Express machines need a process that goes on
 * after the answer, log delivery one that keeps what was not taken, activities one that workers wait at: none is offered
 * here, and a machine that needs it is refused.
 */
export function composeQueuedEngine(parts: QueuedEngineParts): QueuedEngine {
  const { store, queue, dispatcher, objects, events, authentication, clock, ids, onProblem } = parts;
  const runner = createQueuedRunner({
    store,
    queue,
    dispatcher,
    ...(objects && { objects }),
    events,
    clock,
    ids,
    machineOf: machineCache((resource) => dispatcher.knows(resource)),
    onProblem: (problem, execution, thrown) => onProblem(problem, thrown, execution),
  });
  const offered = { objects: objects !== undefined, knows: dispatcher.knows };
  return {
    runner,
    api(place) {
      const operations = stepFunctionsOperations({ runner, store, dispatcher, clock, ids, ...place });
      return stepFunctionsApi({ operations: refuseUnoffered(operations, offered), ids, authentication, onProblem });
    },
  };
}

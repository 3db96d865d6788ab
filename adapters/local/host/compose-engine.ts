import { type Authentication, stepFunctionsApi, stepFunctionsOperations } from '../../../engine/api/index.ts';
import { createRunner } from '../../../engine/runner/create-runner.ts';
import { createExpress } from '../../../engine/runner/express.ts';
import type { Clock, EventSink, ExecutionStore, Ids, LogSink, TaskDispatcher } from '../../../engine/runner/ports.ts';
import type { ObjectStore } from '../../../engine/runner/object-store.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import { machineCache } from './machine-cache.ts';

export interface EngineParts {
  readonly store: ExecutionStore;
  /** What distributed Maps read and write; without it, those over objects are not offered. */
  readonly objects?: ObjectStore | undefined;
  readonly dispatcher: TaskDispatcher;
  /** Told when an execution's status changes. */
  readonly events?: EventSink | undefined;
  /** Where executions log; without it, a machine that is to log is refused. */
  readonly logs?: LogSink | undefined;
  /** Absent: signatures are not looked at. */
  readonly authentication?: Authentication | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told of what is the host's fault. */
  readonly onProblem: (problem: string, thrown: unknown, execution?: string) => void;
}

export interface Engine {
  readonly runner: Runner;
  /** Finishes what is being written and starts nothing more. */
  close(): Promise<void>;
  /** The Step Functions wire API of one account and region. */
  api(place: { readonly region: string; readonly account: string }): (request: Request) => Promise<Response>;
}

/** The interpreter and its API over the ports of a host. */
export function composeEngine(parts: EngineParts): Engine {
  const { store, objects, dispatcher, events, logs, authentication, clock, ids, onProblem } = parts;
  const shared = {
    dispatcher,
    logs,
    clock,
    ids,
    machineOf: machineCache((resource) => dispatcher.knows(resource)),
    onProblem: (problem: string, execution: string, thrown: unknown) => onProblem(problem, thrown, execution),
  };
  const runner: Runner = createRunner({
    ...shared,
    store,
    ...(objects && { objects }),
    events,
    elsewhere: ({ type }) => (type === 'EXPRESS' ? express : undefined),
  });
  const express = createExpress({ ...shared, machines: store, standard: runner });
  return {
    runner,
    async close() {
      await express.close();
      await runner.close();
    },
    api: (place) =>
      stepFunctionsApi({
        operations: stepFunctionsOperations({ runner, express, store, dispatcher, logs, clock, ids, ...place }),
        ids,
        authentication,
        onProblem,
      }),
  };
}

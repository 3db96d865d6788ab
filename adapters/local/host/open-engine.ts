import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ObjectStore } from '../../../engine/runner/object-store.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import type { ExecutionStore, LogSink, StoredMachine } from '../../../engine/runner/ports.ts';
import { stepFunctions } from '../../../functions/index.ts';
import type { Configuration } from '../../configuration.ts';
import type { World } from '../../world.ts';
import type { LocalFunctions } from '../local-function.ts';
import { randomIds } from '../random-ids.ts';
import { inProcessTaskDispatcher } from '../task-dispatcher.ts';
import { addressesIn } from './addresses.ts';
import { authenticationIn } from './authentication.ts';
import { composeEngine } from './compose-engine.ts';
import { eventSinkIn } from './event-sink.ts';
import { executionLeases } from './execution-leases.ts';
import type { HostTime } from './host-time.ts';
import { createWorkflowMachines } from './workflow-machines.ts';

/** The interpreter of this host with its store, its functions and its workflows. */
export interface HostEngine {
  readonly runner: Runner;
  readonly store: ExecutionStore;
  /** The Step Functions wire API. */
  readonly api: (request: Request) => Promise<Response>;
  /** @throws Error for a workflow that is not there */
  machine(workflow: string): StoredMachine;
  /** Starts nothing more and resolves when what is in hand is written. */
  close(): Promise<void>;
}

interface EngineOptions {
  readonly configuration: Configuration;
  readonly store: ExecutionStore;
  /** What distributed Maps read and write. */
  readonly objects: ObjectStore;
  readonly logs: LogSink;
  readonly world: World;
  readonly time: HostTime;
  readonly log: Logger;
}

/** Of the workflows that every host has. */
export const WORKFLOWS = join(import.meta.dirname, '../../../workflows');

export async function openEngine({
  configuration,
  store,
  objects,
  logs,
  world,
  time,
  log,
}: EngineOptions): Promise<HostEngine> {
  const { clock } = time;
  const { aws, host } = configuration;
  const addresses = addressesIn(aws);
  const leases = executionLeases(world.leases, store);
  const dispatcher = inProcessTaskDispatcher({
    functions: functionsByArn({ ...world, leases }, addresses.function, time),
    concurrency: host.concurrency,
    clock,
    log: (message, { key, resource }) => log.warn({ key, resource }, message),
  });
  const engine = composeEngine({
    store,
    objects,
    logs,
    dispatcher,
    events: eventSinkIn(configuration, log),
    authentication: authenticationIn(configuration),
    clock,
    ids: randomIds,
    onProblem: (problem, thrown, execution) => log.error({ err: thrown, execution }, problem),
  });
  const workflows = await createWorkflowMachines({
    folder: WORKFLOWS,
    store,
    addresses,
    functions: [...stepFunctions.keys()],
    clock,
  });
  return {
    runner: engine.runner,
    store,
    api: engine.api(aws),
    machine(workflow) {
      const found = workflows.find(({ name }) => name === workflow);
      if (found === undefined) throw new Error(`there is no workflow ${workflow} in ${WORKFLOWS}`);
      return found;
    },
    close: engine.close,
  };
}

const functionsByArn = (world: World, arnOf: (name: string) => string, time: HostTime): LocalFunctions =>
  new Map(
    [...stepFunctions].map(([name, { invoke }]) => [
      arnOf(name),
      time.call((input, call) => invoke(input, world, call)),
    ]),
  );

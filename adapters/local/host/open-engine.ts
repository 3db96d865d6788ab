import { join } from 'node:path';
import type { Logger } from 'pino';
import { stepFunctionsApi, stepFunctionsOperations } from '../../../engine/api/index.ts';
import { createRunner } from '../../../engine/runner/create-runner.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import type { ExecutionStore, StoredMachine } from '../../../engine/runner/ports.ts';
import { stepFunctions } from '../../../functions/index.ts';
import type { Configuration } from '../../configuration.ts';
import type { World } from '../../world.ts';
import type { LocalFunctions } from '../local-function.ts';
import { randomIds } from '../random-ids.ts';
import { systemClock } from '../system-clock.ts';
import { inProcessTaskDispatcher } from '../task-dispatcher.ts';
import { addressesIn } from './addresses.ts';
import { executionLeases } from './execution-leases.ts';
import { machineCache } from './machine-cache.ts';
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
  readonly world: World;
  readonly log: Logger;
}

const WORKFLOWS = join(import.meta.dirname, '../../../workflows');

export async function openEngine({ configuration, store, world, log }: EngineOptions): Promise<HostEngine> {
  const { aws, host } = configuration;
  const addresses = addressesIn(aws);
  const dispatcher = inProcessTaskDispatcher({
    functions: functionsByArn({ ...world, leases: executionLeases(world.leases, store) }, addresses.function),
    concurrency: host.concurrency,
    clock: systemClock,
    log: (message, { key, resource }) => log.warn({ key, resource }, message),
  });
  const runner = createRunner({
    store,
    dispatcher,
    clock: systemClock,
    ids: randomIds,
    machineOf: machineCache(),
    onProblem: (problem, execution, thrown) => log.error({ err: thrown, execution }, problem),
  });
  const workflows = await createWorkflowMachines({
    folder: WORKFLOWS,
    store,
    addresses,
    functions: [...stepFunctions.keys()],
    clock: systemClock,
  });
  return {
    runner,
    store,
    api: stepFunctionsApi({
      operations: stepFunctionsOperations({ runner, store, dispatcher, clock: systemClock, ids: randomIds, ...aws }),
      ids: randomIds,
      onProblem: (problem, thrown) => log.error({ err: thrown }, problem),
    }),
    machine(workflow) {
      const found = workflows.find(({ name }) => name === workflow);
      if (found === undefined) throw new Error(`there is no workflow ${workflow} in ${WORKFLOWS}`);
      return found;
    },
    close: runner.close,
  };
}

const functionsByArn = (world: World, arnOf: (name: string) => string): LocalFunctions =>
  new Map([...stepFunctions].map(([name, { invoke }]) => [arnOf(name), (input, call) => invoke(input, world, call)]));

import { join } from 'node:path';
import type { Logger } from 'pino';
import { stepFunctionsApi, stepFunctionsOperations } from '../../../engine/api/index.ts';
import { createRunner } from '../../../engine/runner/create-runner.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import type { StoredMachine } from '../../../engine/runner/ports.ts';
import { stepFunctions } from '../../../functions/index.ts';
import type { Configuration } from '../../configuration.ts';
import type { World } from '../../world.ts';
import { sqliteExecutionStore, type SqliteExecutionStore } from '../execution-store/execution-store.ts';
import type { LocalFunctions } from '../local-function.ts';
import { randomIds } from '../random-ids.ts';
import { systemClock } from '../system-clock.ts';
import { inProcessTaskDispatcher } from '../task-dispatcher.ts';
import { addressesIn } from './addresses.ts';
import { machineCache } from './machine-cache.ts';
import { createWorkflowMachines } from './workflow-machines.ts';

/** The interpreter of this host with its store, its functions and its workflows. */
export interface HostEngine {
  readonly runner: Runner;
  readonly store: SqliteExecutionStore;
  /** The Step Functions wire API. */
  readonly api: (request: Request) => Promise<Response>;
  /** @throws Error for a workflow that is not there */
  machine(workflow: string): StoredMachine;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly configuration: Configuration;
  readonly dataFolder: string;
  readonly world: World;
  readonly log: Logger;
}

const WORKFLOWS = join(import.meta.dirname, '../../../workflows');

export async function openEngine({ configuration, dataFolder, world, log }: EngineOptions): Promise<HostEngine> {
  const { aws, host } = configuration;
  const addresses = addressesIn(aws);
  const store = sqliteExecutionStore(join(dataFolder, 'executions.db'));
  try {
    const dispatcher = inProcessTaskDispatcher({
      functions: functionsByArn(world, addresses.function),
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
      async close() {
        await runner.close();
        store.close();
      },
    };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

const functionsByArn = (world: World, arnOf: (name: string) => string): LocalFunctions =>
  new Map([...stepFunctions].map(([name, { invoke }]) => [arnOf(name), (input, call) => invoke(input, world, call)]));

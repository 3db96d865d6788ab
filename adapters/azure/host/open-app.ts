import type { Logger } from 'pino';
import type { EffectQueue } from '../../../engine/runner/ports.ts';
import type { Configuration } from '../../configuration.ts';
import { configuredNotifier } from '../../configured-notifier.ts';
import { addressesIn } from '../../local/host/addresses.ts';
import { authenticationIn } from '../../local/host/authentication.ts';
import { eventSinkIn } from '../../local/host/event-sink.ts';
import { executionLeases } from '../../local/host/execution-leases.ts';
import { randomIds } from '../../local/random-ids.ts';
import { systemClock as clock } from '../../local/system-clock.ts';
import { inProcessTaskDispatcher } from '../../local/task-dispatcher.ts';
import { tableLeases, tableReleaseLedger, tableRunOrders, tableSeenInstants } from '../tables/control.ts';
import { azureExecutionStore, type AzureStoreOptions } from '../tables/execution-store.ts';
import { appWork } from './app-work.ts';
import { composeQueuedEngine } from '../../compose-queued-engine.ts';
import { functionsHere } from './functions-here.ts';
import { pushes } from './pushes.ts';
import type { AppWork } from './register-functions.ts';
import { dueSchedules } from './schedules.ts';

interface OpenAppOptions {
  readonly configuration: Configuration;
  readonly storage: AzureStoreOptions;
  readonly queue: EffectQueue;
  readonly log: Logger;
}

/** A process of the app over its storage. Nothing is started: it works when the platform calls it. */
export function openApp({ configuration, storage, queue, log }: OpenAppOptions): AppWork {
  const { aws, schedules } = configuration;
  const { now } = clock;
  const addresses = addressesIn(aws);
  const store = azureExecutionStore(storage);
  const ports = {
    clock,
    leases: executionLeases(tableLeases(storage.table, clock), store),
    ledger: tableReleaseLedger(storage.table),
    orders: tableRunOrders(storage.table),
    notifier: configuredNotifier(configuration.notifications, clock, log),
  };
  const onProblem = (problem: string, thrown: unknown, about?: string) => log.error({ err: thrown, about }, problem);
  const dispatcher = inProcessTaskDispatcher({
    functions: functionsHere(ports, addresses.function),
    concurrency: TASKS_AT_ONCE,
    clock,
    log: (message, { key, resource }) => log.warn({ key, resource }, message),
  });
  const engine = composeQueuedEngine({
    store,
    queue,
    dispatcher,
    events: eventSinkIn(configuration, log),
    authentication: authenticationIn(configuration),
    clock,
    ids: randomIds,
    onProblem,
  });
  const { runner } = engine;
  const seen = tableSeenInstants(storage.table);
  return appWork({
    runner,
    api: engine.api(aws),
    store,
    now,
    pushes: pushes({ ...ports, configuration, runner, store, deployArn: addresses.machine('deploy'), now }),
    schedules: dueSchedules({ schedules, store, runner, machineArn: addresses.machine, seen, now, onProblem }),
  });
}

/** The platform decides how many a process has at a time: one for each activity invocation. */
const TASKS_AT_ONCE = 1000;

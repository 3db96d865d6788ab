import { AsyncLocalStorage } from 'node:async_hooks';
import { appWork } from '../../../adapters/azure/host/app-work.ts';
import { type QueuedEngine, composeQueuedEngine } from '../../../adapters/compose-queued-engine.ts';
import { randomIds } from '../../../adapters/local/random-ids.ts';
import { inProcessTaskDispatcher } from '../../../adapters/local/task-dispatcher.ts';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { HostParts, OpenedHost, OpenHost } from '../hosts.ts';
import { startModelApp } from './model-app.ts';

type Place = Parameters<QueuedEngine['api']>[0];

/**
 * The Azure host as its app composes it, with a store in memory, on the model of its platform and on time that goes on by
 * itself. Every request goes through the app's HTTP function, every effect through an orchestration.
 */
export const openAzureHost: OpenHost = openAzureHostOn(async () => memoryExecutionStore());

/** The same over a store of the caller's, one for each host. */
export function openAzureHostOn(makeStore: () => Promise<ExecutionStore>): OpenHost {
  return async (parts) => open(parts, await makeStore());
}

async function open(parts: HostParts, store: ExecutionStore): Promise<OpenedHost> {
  const {
    clock,
    time,
    functions,
    around = (dispatcher) => dispatcher,
    objects,
    events,
    ids = randomIds,
    onProblem,
  } = parts;
  const asked = new AsyncLocalStorage<Place>();
  const app = await startModelApp({
    clock,
    onProblem,
    start({ queue }) {
      const dispatcher = around(inProcessTaskDispatcher({ functions, concurrency: 1000, clock, log: () => {} }));
      const engine = composeQueuedEngine({
        store: time.port(store),
        queue: time.port(queue),
        dispatcher,
        objects: objects && time.port(objects),
        events: events && time.port(events),
        clock,
        ids,
        onProblem,
      });
      const api = (request: Request) => engine.api(asked.getStore() ?? { region: 'us-east-1', account: '0' })(request);
      return appWork({ runner: engine.runner, api, store, now: clock.now });
    },
  });
  return {
    api: (place) => time.requests((request) => asked.run(place, () => app.http('pm_api', request))),
    store,
    close: async () => app.end(),
  };
}

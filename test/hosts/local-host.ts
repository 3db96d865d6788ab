import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { composeEngine } from '../../adapters/local/host/compose-engine.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import type { OpenHost } from './hosts.ts';

/** In memory where there is such a folder: what outlives a power cut is not what is asked here, and a flush costs more than a case. */
const HOME = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The local host: engine, API and SQLite as `pointsman start` composes them. */
export const openLocalHost: OpenHost = async (parts) => {
  const { clock, time, functions, around = (dispatcher) => dispatcher, objects, events, logs, onProblem } = parts;
  const { ids = randomIds } = parts;
  const folder = mkdtempSync(join(HOME, 'pointsman-host-'));
  const store = sqliteExecutionStore(join(folder, 'executions.db'));
  const dispatcher = around(inProcessTaskDispatcher({ functions, concurrency: 1000, clock, log: () => undefined }));
  const engine = composeEngine({
    store: time.port(store),
    objects: objects && time.port(objects),
    dispatcher,
    events: events && time.port(events),
    logs: logs && time.port(logs),
    clock,
    ids,
    onProblem,
  });
  return {
    api: (place) => time.requests(engine.api(place)),
    store,
    async close() {
      await engine.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

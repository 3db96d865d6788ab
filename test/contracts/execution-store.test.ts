import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import { executionStoreContract } from './execution-store.ts';

executionStoreContract('memory', async () => ({ store: memoryExecutionStore(), close: async () => {} }));

executionStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-store-'));
  const path = join(folder, 'executions.db');
  let store = sqliteExecutionStore(path);
  return {
    store,
    reopen: async () => {
      store.close();
      store = sqliteExecutionStore(path);
      return store;
    },
    close: async () => {
      store.close();
      await rm(folder, { recursive: true });
    },
  };
});

import { afterAll, beforeAll, describe } from 'vitest';
import { azureExecutionStore } from '../../adapters/azure/tables/execution-store.ts';
import { azurite, type Azurite, startAzurite, withoutAzurite } from '../support/azurite.ts';
import { executionStoreContract } from './execution-store.ts';

describe.skipIf(azurite === undefined)(`Azure Tables as Azurite has them${withoutAzurite}`, () => {
  let storage: Azurite;
  beforeAll(async () => {
    storage = await startAzurite(azurite ?? '');
  });
  afterAll(() => storage.stop());

  executionStoreContract('Azure Tables', async () => {
    const { name, ...clients } = await storage.storage();
    return {
      store: azureExecutionStore(clients),
      reopen: async () => azureExecutionStore(storage.found(name)),
      close: async () => {
        await clients.table.deleteTable();
        await clients.container.delete();
      },
    };
  });
});

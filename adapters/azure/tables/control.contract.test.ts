import { afterAll, beforeAll, describe } from 'vitest';
import { leasesContract } from '../../../test/contracts/leases.ts';
import { releaseLedgerContract } from '../../../test/contracts/release-ledger.ts';
import { runOrdersContract } from '../../../test/contracts/run-orders.ts';
import { azurite, type Azurite, startAzurite, withoutAzurite } from '../../../test/support/azurite.ts';
import { tableLeases, tableReleaseLedger, tableRunOrders } from './control.ts';

describe.skipIf(azurite === undefined)(
  `what rollouts keep, in Azure Tables as Azurite has them${withoutAzurite}`,
  () => {
    let storage: Azurite;
    beforeAll(async () => {
      storage = await startAzurite(azurite ?? '');
    });
    afterAll(() => storage.stop());

    leasesContract({
      name: 'tableLeases',
      setup: async (clock) => {
        const { name, table } = await storage.storage();
        return { leases: tableLeases(table, clock), reopen: async () => tableLeases(storage.found(name).table, clock) };
      },
    });
    releaseLedgerContract('tableReleaseLedger', async () => tableReleaseLedger((await storage.storage()).table));
    runOrdersContract('tableRunOrders', async () => tableRunOrders((await storage.storage()).table));
  },
);

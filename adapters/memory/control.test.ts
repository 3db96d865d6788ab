import { leasesContract } from '../../test/contracts/leases.ts';
import { releaseLedgerContract } from '../../test/contracts/release-ledger.ts';
import { runOrdersContract } from '../../test/contracts/run-orders.ts';
import { memoryLeases } from './leases.ts';
import { memoryReleaseLedger } from './release-ledger.ts';
import { memoryRunOrders } from './run-orders.ts';

leasesContract({ name: 'memoryLeases', setup: async (clock) => ({ leases: memoryLeases(clock) }) });
releaseLedgerContract('memoryReleaseLedger', async () => memoryReleaseLedger());
runOrdersContract('memoryRunOrders', async () => memoryRunOrders());

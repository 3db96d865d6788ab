import { leasesContract } from '../../test/contracts/leases.ts';
import { releaseLedgerContract } from '../../test/contracts/release-ledger.ts';
import { rolloutOrdersContract } from '../../test/contracts/rollout-orders.ts';
import { memoryLeases } from './leases.ts';
import { memoryReleaseLedger } from './release-ledger.ts';
import { memoryRolloutOrders } from './rollout-orders.ts';

leasesContract({ name: 'memoryLeases', setup: async (clock) => ({ leases: memoryLeases(clock) }) });
releaseLedgerContract('memoryReleaseLedger', async () => memoryReleaseLedger());
rolloutOrdersContract('memoryRolloutOrders', async () => memoryRolloutOrders());

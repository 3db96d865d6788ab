import { backupCatalogContract } from '../../test/contracts/backup-catalog.ts';
import { leasesContract } from '../../test/contracts/leases.ts';
import { recoveryRunsContract } from '../../test/contracts/recovery-runs.ts';
import { releaseLedgerContract } from '../../test/contracts/release-ledger.ts';
import { runOrdersContract } from '../../test/contracts/run-orders.ts';
import { memoryBackupCatalog } from './backup-catalog.ts';
import { memoryLeases } from './leases.ts';
import { memoryRecoveryRuns } from './recovery-runs.ts';
import { memoryReleaseLedger } from './release-ledger.ts';
import { memoryRunOrders } from './run-orders.ts';

leasesContract({ name: 'memoryLeases', setup: async (clock) => ({ leases: memoryLeases(clock) }) });
releaseLedgerContract('memoryReleaseLedger', async () => memoryReleaseLedger());
runOrdersContract('memoryRunOrders', async () => memoryRunOrders());
backupCatalogContract('memoryBackupCatalog', async () => memoryBackupCatalog());
recoveryRunsContract('memoryRecoveryRuns', async () => memoryRecoveryRuns());

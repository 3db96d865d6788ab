export { openControlDatabase, type ControlDatabase } from './control-database.ts';
export { sqliteBackupCatalog } from './backup-catalog.ts';
export { sqliteLeases } from './leases.ts';
export { sqliteRecoveryRuns } from './recovery-runs.ts';
export { sqliteReleaseLedger } from './release-ledger.ts';
export { sqliteRunOrders } from './run-orders.ts';

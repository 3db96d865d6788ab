export { dynamoBackupCatalog } from './backup-catalog.ts';
export { dynamoLeases } from './leases.ts';
export { dynamoRecoveryRuns } from './recovery-runs.ts';
export { dynamoReleaseLedger } from './release-ledger.ts';
export { dynamoRunOrders } from './run-orders.ts';
export { dynamoTable, type Attributes, type Key, type Table } from './table.ts';
export { dynamoWriteEndpoint, type LeadClients } from './write-endpoint.ts';

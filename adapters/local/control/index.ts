export { openControlDatabase, type ControlDatabase } from './control-database.ts';
export { sqliteLeases } from './leases.ts';
export { sqliteReleaseLedger } from './release-ledger.ts';
export { sqliteRunOrders } from './run-orders.ts';

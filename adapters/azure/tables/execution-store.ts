import type { TableClient } from '@azure/data-tables';
import type { ContainerClient } from '@azure/storage-blob';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import { containerBlobs } from './bodies.ts';
import { forgetter } from './forget.ts';
import { tableListings } from './listings.ts';
import { tableMachines } from './machines.ts';
import { executionReader } from './read-executions.ts';
import { tableRows } from './rows.ts';
import { executionWriter } from './write-executions.ts';

export interface AzureStoreOptions {
  /** Holds everything but what rows have no room for. Must exist. */
  readonly table: TableClient;
  /** Holds that. Must exist. */
  readonly openContainer: () => Promise<ContainerClient>;
}

/**
 * Executions in one Azure table, with what is too large for its rows in a blob container. An execution is a partition, a
 * commit one entity-group transaction guarded by the head's ETag. Any number of processes may write.
 */
export function azureExecutionStore({ table, openContainer }: AzureStoreOptions): ExecutionStore {
  const rows = tableRows(table);
  const blobs = containerBlobs(openContainer);
  const listings = tableListings(rows);
  const writer = executionWriter(rows, blobs, listings);
  return {
    ...executionReader(rows, blobs, listings, writer.read),
    ...tableMachines(rows, blobs),
    create: writer.create,
    commit: writer.commit,
    forget: forgetter(rows, listings, writer),
  };
}

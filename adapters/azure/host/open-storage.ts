import { TableClient } from '@azure/data-tables';
import { managedIdentity } from '../identity/managed-identity.ts';
import type { AzureStoreOptions } from '../tables/execution-store.ts';
import type { AzureSettings } from './settings.ts';

/** The clients of the store. The deployment has made table and container; with a connection string they are made here. */
export async function openStorage(settings: AzureSettings): Promise<AzureStoreOptions> {
  const { POINTSMAN_STORE_NAME: name, POINTSMAN_STORAGE_CONNECTION: whole } = settings;
  if (whole !== undefined) {
    const table = TableClient.fromConnectionString(whole, name, { allowInsecureConnection: true });
    await table.createTable();
    return {
      table,
      async openContainer() {
        const { ContainerClient } = await import('@azure/storage-blob');
        const container = new ContainerClient(whole, name);
        await container.createIfNotExists();
        return container;
      },
    };
  }
  const credential = managedIdentity({
    clientId: settings.POINTSMAN_IDENTITY_CLIENT_ID,
    environment: process.env,
  });
  return {
    table: new TableClient(settings.POINTSMAN_TABLE_ENDPOINT ?? '', name, credential),
    async openContainer() {
      const { ContainerClient } = await import('@azure/storage-blob');
      return new ContainerClient(new URL(name, settings.POINTSMAN_BLOB_ENDPOINT).href, credential);
    },
  };
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { AzureNamedKeyCredential, TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { AzureStoreOptions } from '../../adapters/azure/tables/execution-store.ts';
import { onPath } from './on-path.ts';

type PipelinePolicy = NonNullable<TableServiceClientOptions['additionalPolicies']>[number]['policy'];

export type FoundStorage = AzureStoreOptions & { readonly container: ContainerClient };

/** Microsoft's emulator of Azure Storage, in a process of its own on free ports, with its data in memory. */
export interface Azurite {
  /** A table and a container of their own. `policy` sees every request to the table, repetitions too. */
  storage(policy?: PipelinePolicy): Promise<FoundStorage & { readonly name: string }>;
  /** Those of that name, as another process finds them. */
  found(name: string, policy?: PipelinePolicy): FoundStorage;
  /** As an app setting names it. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

export const azurite = onPath('azurite');
export const withoutAzurite = azurite === undefined ? ' (skipped: there is no azurite on PATH)' : '';

/** The account that every Azurite has; its key is published with it. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** @throws Error with what the program said when it ends before it listens */
export async function startAzurite(program: string): Promise<Azurite> {
  const quiet = ['--silent', '--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck'];
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const server = spawn(process.execPath, [realpathSync(program), ...quiet, ...ports], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(server, 'exit');
  let said = '';
  const urls = new Map<string, string>();
  const listening = new Promise<'listening'>((resolve) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (text: Buffer) => {
        said += text.toString();
        for (const [, service = '', url = ''] of said.matchAll(/Azurite (\w+) service .*listening.* (http:\S+)/g))
          urls.set(service, url);
        if (urls.has('Blob') && urls.has('Table')) resolve('listening');
      });
  });
  const outcome = await Promise.race([listening, exited.then(() => 'ended')]);
  if (outcome === 'ended') throw new Error(`${program} ended before it listened:\n${said}`);

  function found(name: string, policy?: PipelinePolicy): FoundStorage {
    const container = new ContainerClient(
      `${urls.get('Blob')}/${ACCOUNT}/${name}`,
      new StorageSharedKeyCredential(ACCOUNT, KEY),
    );
    return {
      table: new TableClient(`${urls.get('Table')}/${ACCOUNT}`, name, new AzureNamedKeyCredential(ACCOUNT, KEY), {
        allowInsecureConnection: true,
        ...(policy && { additionalPolicies: [{ policy, position: 'perRetry' as const }] }),
      }),
      container,
      openContainer: async () => container,
    };
  }

  return {
    async storage(policy) {
      const name = `test${randomBytes(8).toString('hex')}`;
      const clients = found(name, policy);
      await clients.table.createTable();
      await clients.container.create();
      return { ...clients, name };
    },
    found,
    connectionString: [
      `AccountName=${ACCOUNT};AccountKey=${KEY};DefaultEndpointsProtocol=http`,
      `BlobEndpoint=${urls.get('Blob')}/${ACCOUNT};TableEndpoint=${urls.get('Table')}/${ACCOUNT}`,
    ].join(';'),
    async stop() {
      server.kill();
      await exited;
    },
  };
}

import { openAzureHost } from '../azure/open-azure-host.ts';
import type { OpenHost } from '../hosts.ts';
import { openGcpHost } from '../gcp/open-gcp-host.ts';
import { openLocalHost } from '../local-host.ts';
import { openQueuedHost } from '../queued-host.ts';

export interface NamedHost {
  readonly name: string;
  /** What of it is real, an emulator or a model. */
  readonly what: string;
  readonly open: OpenHost;
}

export const hosts: readonly NamedHost[] = [
  { name: 'local', what: 'the local host: SQLite, functions in the process', open: openLocalHost },
  {
    name: 'queued',
    what: 'what the hosts without a process have in common, over a queue in memory',
    open: openQueuedHost,
  },
  {
    name: 'azure',
    what: 'the functions of the Azure app in the real @azure packages, over a model of the Durable extension, in memory',
    open: openAzureHost,
  },
  {
    name: 'gcp',
    what: 'Google Cloud: the real Functions Framework; Firestore and Cloud Tasks are emulators',
    open: openGcpHost,
  },
];

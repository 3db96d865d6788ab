import type { OpenHost } from '../hosts.ts';

export interface NamedHost {
  readonly name: string;
  /** What of it is real, an emulator or a model. */
  readonly what: string;
  /** Loads the host; each in a process that has loaded no other: the Functions Framework slows every promise of its process. */
  load(): Promise<OpenHost>;
}

/** The first is what the others are compared with. AWS itself is there by what was recorded on it. */
export const hosts: readonly NamedHost[] = [
  {
    name: 'local',
    what: 'the local host: SQLite, functions in the process',
    load: async () => (await import('../local-host.ts')).openLocalHost,
  },
  {
    name: 'azure',
    what: 'the functions of the Azure app in the real @azure packages, over a model of the Durable extension, in memory',
    load: async () => (await import('../azure/open-azure-host.ts')).openAzureHost,
  },
  {
    name: 'gcp',
    what: 'the functions of a Google Cloud deployment in the real Functions Framework; Firestore and Cloud Tasks are emulators',
    load: async () => (await import('../gcp/open-gcp-host.ts')).openGcpHost,
  },
];

export function hostNamed(name: string): NamedHost {
  const found = hosts.find((host) => host.name === name);
  if (found !== undefined) return found;
  throw new Error(`there is no host ${name}; there are ${hosts.map((host) => host.name).join(', ')}`);
}

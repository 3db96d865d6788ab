import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderObjectStore } from '../../adapters/local/object-store/object-store.ts';
import { memoryObjectStore } from '../../adapters/memory/object-store.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import { objectStoreContract } from './object-store.ts';

objectStoreContract('memory', async () => ({
  store: memoryObjectStore(['first', 'second'], () => toEpochMs(1_700_000_000_000)),
  close: async () => {},
}));

objectStoreContract('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-objects-'));
  for (const bucket of ['first', 'second']) await mkdir(join(folder, bucket));
  return { store: folderObjectStore(folder), close: () => rm(folder, { recursive: true }) };
});

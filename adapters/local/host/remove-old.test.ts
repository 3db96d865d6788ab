import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import { memoryReleaseLedger } from '../../memory/release-ledger.ts';
import { memoryReleaseTarget } from '../../memory/release-target.ts';
import { layoutImageRegistry } from '../../oci/layout-image-registry.ts';
import { packFolder } from '../../oci/pack-folder.ts';
import { removeOld } from './remove-old.ts';

describe('removeOld', () => {
  it('keeps images that serve or are among the newest 20 records, and removes the other ones without a tag', async () => {
    const folder = await temporaryFolder();
    const [registryFolder, files] = [join(folder, 'registry'), await temporaryFolder()];
    const images = layoutImageRegistry(registryFolder);
    const [ledger, target] = [memoryReleaseLedger(), memoryReleaseTarget()];
    const digests: string[] = [];
    for (let i = 0; i < 24; i++) {
      await writeFile(join(files, 'server.js'), `release ${i}`);
      const layout = join(registryFolder, 'shop');
      const { digest } = await packFolder(files, { layout, tag: 'v1', command: ['node', 'server.js'] });
      digests.push(digest);
      const at = { requestedAt: i, at: i };
      const record = { service: 'shop', release: digest, image: 'shop:v1', reason: '', execution: `e${i}`, ...at };
      await ledger.record({ ...record, outcome: 'taken-back' });
    }
    await target.startCandidate('shop', digests[1] ?? '', 1, 1);
    const world = {
      clock: { now: () => 0 },
      registryFolder,
      images,
      ledger,
      target: { ...target, services: async () => ['shop'] },
    };

    await removeOld({ world, store: memoryExecutionStore(), deployMachineArn: 'arn:deploy' });

    const left = await Promise.all(digests.map((digest) => images.resolve('shop', digest)));
    const gone = left.flatMap((found, i) => (found === undefined ? [i] : []));
    expect(gone).toEqual([0, 2, 3]);
  });
});

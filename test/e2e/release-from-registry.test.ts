import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { processReleaseTarget } from '../../adapters/local/process-target/process-release-target.ts';
import { blobPath } from '../../adapters/oci/image-layout.ts';
import { layoutFolder } from '../../adapters/oci/image-name.ts';
import { layoutImageRegistry } from '../../adapters/oci/layout-image-registry.ts';
import { openImage } from '../../adapters/oci/open-image.ts';
import { packFolder } from '../../adapters/oci/pack-folder.ts';
import { unpackImage } from '../../adapters/oci/unpack-image.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder that serves its own version, pushed to a registry as `shop:v1`, and a target that runs what is pushed. */
async function pushedShop() {
  const folder = await temporaryFolder();
  const source = await temporaryFolder();
  await writeFile(join(source, 'package.json'), '{"main": "server.cjs"}');
  await writeFile(
    join(source, 'server.cjs'),
    "require('node:http').createServer((_, r) => r.end('v1')).listen(process.env.PORT, process.env.HOST);",
  );
  const registryFolder = join(folder, 'registry');
  const layout = layoutFolder(registryFolder, 'shop');
  await packFolder(source, { layout, tag: 'v1' });
  const target = processReleaseTarget({
    folder: join(folder, 'target'),
    settings: () => ({ readinessPath: '/', drainSeconds: 5, env: {} }),
    unpack: (service, release, into) => unpackImage(layoutFolder(registryFolder, service), release, into),
  });
  onTestFinished(async () => void (await target.endNow('shop')));
  const release = (await layoutImageRegistry(registryFolder).resolve('shop', 'v1')) ?? '';
  return { layout, target, release };
}

it('runs a pushed folder as a release', async () => {
  const { target, release } = await pushedShop();

  await target.startCandidate('shop', release, 1, 1);

  const { instances } = await eventually(
    () => target.observe('shop'),
    (state) => state.instances[0]?.phase === 'ready',
  );
  expect(await (await fetch(instances[0]?.url ?? '')).text()).toBe('v1');
});

it('refuses a release whose image was tampered with, naming what was expected and found', async () => {
  const { layout, target, release } = await pushedShop();
  const [layer] = (await openImage(layout, release)).layers;
  await appendFile(blobPath(layout, layer?.digest ?? ''), 'more');

  await expect(target.startCandidate('shop', release, 1, 1)).rejects.toMatchObject({
    name: 'Pointsman.BadImage',
    message: expect.stringMatching(new RegExp(`digest ${layer?.digest}, found sha256:[0-9a-f]{64}`)),
  });
  expect(await target.observe('shop')).toMatchObject({ candidate: undefined, instances: [] });
});

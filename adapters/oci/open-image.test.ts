import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { handMadeImage } from '../../test/support/hand-made-image.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { measureFile } from './digest.ts';
import { blobPath, changeLayout, json } from './image-layout.ts';
import { openImage } from './open-image.ts';

const file = { path: 'app/server.js', text: 'listen()' };
const nowhere = `sha256:${'0'.repeat(64)}`;

async function image(changes?: Parameters<typeof handMadeImage>[2]) {
  const layout = await temporaryFolder();
  return { layout, digest: await handMadeImage(layout, [[file]], changes) };
}

async function multiPlatform(platforms: readonly { os: string; architecture: string }[]) {
  const layout = await temporaryFolder();
  const parts = await Promise.all(
    platforms.map(async (platform) => {
      const digest = await handMadeImage(layout, [[{ ...file, text: platform.architecture }]]);
      return {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        ...(await measureFile(blobPath(layout, digest))),
        platform,
      };
    }),
  );
  const { digest } = await changeLayout(layout, (writer) =>
    writer.addBytes(json({ schemaVersion: 2, manifests: parts })),
  );
  return { layout, digest, parts };
}

describe('openImage', () => {
  it('gives the command of entry point and arguments, and the environment as names and values', async () => {
    const { layout, digest } = await image({
      config: {
        config: { Entrypoint: ['node'], Cmd: ['a.js'], Env: ['A=1=2', 'B'], WorkingDir: '' },
      },
    });

    expect((await openImage(layout, digest)).config).toEqual({
      command: ['node', 'a.js'],
      workingDir: '/',
      env: { A: '1=2', B: '' },
      labels: {},
    });
  });

  it('refuses a layer whose bytes have another digest, naming both', async () => {
    const { layout, digest } = await image();
    const [layer] = (await openImage(layout, digest)).layers;
    const path = blobPath(layout, layer?.digest ?? '');
    await appendFile(path, 'x');
    const found = (await measureFile(path)).digest;

    await expect(openImage(layout, digest)).rejects.toMatchObject({
      name: 'Pointsman.BadImage',
      message: `layer 1 of 1 of image ${digest}: blob expected to have digest ${layer?.digest}, found ${found}; push the image again`,
    });
  });

  it('refuses a manifest whose bytes have another digest', async () => {
    const { layout, digest } = await image();
    const path = blobPath(layout, digest);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"schemaVersion":2', '"schemaVersion": 2'));

    await expect(openImage(layout, digest)).rejects.toThrow(
      `image: blob expected to have digest ${digest}, found sha256:`,
    );
  });

  it('refuses a blob whose size is not what was promised', async () => {
    const { layout, digest } = await image();
    const { layers } = await openImage(layout, digest);
    const wrong = layers.map((layer) => ({ mediaType: layer.mediaType, digest: layer.digest, size: layer.size + 1 }));

    const lying = await handMadeImage(layout, [[file]], { manifest: { layers: wrong } });

    await expect(openImage(layout, lying)).rejects.toThrow(/expected to have \d+ bytes, found \d+/);
  });

  it('refuses an image with a blob missing', async () => {
    const { layout, digest } = await image();
    const [layer] = (await openImage(layout, digest)).layers;
    await rm(blobPath(layout, layer?.digest ?? ''));

    await expect(openImage(layout, digest)).rejects.toThrow(
      `blob expected to have digest ${layer?.digest}, found no such blob`,
    );
  });

  it.each([
    ['nothing pushed', nowhere, `blob expected to have digest ${nowhere}, found no such blob`],
    ['a tag instead of a digest', 'v1', 'asked for "v1", wanted sha256: and 64 hexadecimal digits'],
    ['a path instead of a digest', '../../x', 'asked for "../../x"'],
  ])('refuses %s', async (_, digest, message) => {
    await expect(openImage(await temporaryFolder(), digest)).rejects.toMatchObject({
      name: 'Pointsman.BadImage',
      message: expect.stringContaining(message),
    });
  });

  it('says which field of a manifest is wrong', async () => {
    const { layout, digest } = await image({ manifest: { layers: [{ mediaType: 'm', size: 1, digest: 'sha256:1' }] } });

    await expect(openImage(layout, digest)).rejects.toThrow(
      'layers[0].digest: expected sha256: and 64 hexadecimal digits, found "sha256:1"',
    );
  });

  it('refuses as many layers as the configuration does not name', async () => {
    const { layout, digest } = await image({ config: { rootfs: { type: 'layers', diff_ids: [] } } });

    await expect(openImage(layout, digest)).rejects.toThrow('has 1 layers, its configuration names 0');
  });

  describe('of an image for several platforms', () => {
    it('takes the one for the platform', async () => {
      const { layout, digest, parts } = await multiPlatform([
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
        { os: 'unknown', architecture: 'unknown' },
      ]);

      const opened = await openImage(layout, digest, { os: 'linux', architecture: 'arm64' });

      expect(opened).toMatchObject({ digest, manifest: parts[1]?.digest });
    });

    it('refuses one without this platform, naming those it has', async () => {
      const { layout, digest } = await multiPlatform([{ os: 'linux', architecture: 's390x' }]);

      await expect(openImage(layout, digest, { os: 'linux', architecture: 'amd64' })).rejects.toThrow(
        `image ${digest} is for linux/s390x; this machine is linux/amd64`,
      );
    });
  });
});

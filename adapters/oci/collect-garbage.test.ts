import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { collectGarbage } from './collect-garbage.ts';
import { blobPath } from './image-layout.ts';
import { layoutImageRegistry } from './layout-image-registry.ts';
import { openImage } from './open-image.ts';
import { packFolder } from './pack-folder.ts';

/** A registry with the repository `shop`, to which texts are pushed. */
async function registry() {
  const folder = await temporaryFolder();
  const layout = join(folder, 'registry', 'shop');
  const files = await temporaryFolder();
  const push = async (tag: string, text: string) => {
    await writeFile(join(files, 'server.js'), text);
    return (await packFolder(files, { layout, tag, command: ['node', 'server.js'] })).digest;
  };
  const blobs = async () => (await readdir(join(layout, 'blobs', 'sha256'))).length;
  return { layout, push, blobs, images: layoutImageRegistry(join(folder, 'registry')) };
}

describe('collectGarbage', () => {
  it('removes an image that lost its tag, and every blob of it', async () => {
    const { layout, push, blobs, images } = await registry();
    const old = await push('v1', 'one');
    const next = await push('v1', 'two');

    expect(await collectGarbage(layout, new Set())).toHaveLength(3);
    expect(await images.resolve('shop', old)).toBeUndefined();
    expect(await blobs()).toBe(3);
    expect((await openImage(layout, next)).digest).toBe(next);
    expect(await collectGarbage(layout, new Set())).toEqual([]);
  });

  it('leaves an image without a tag that is to be kept', async () => {
    const { layout, push, images } = await registry();
    const old = await push('v1', 'one');
    await push('v1', 'two');

    expect(await collectGarbage(layout, new Set([old]))).toEqual([]);
    expect(await images.resolve('shop', old)).toBe(old);
    expect((await openImage(layout, old)).digest).toBe(old);
  });

  it('removes blobs that a push which died left without a name', async () => {
    const { layout, push } = await registry();
    await push('v1', 'one');
    const digest = `sha256:${'a'.repeat(64)}`;
    await writeFile(blobPath(layout, digest), 'left behind');

    expect(await collectGarbage(layout, new Set())).toEqual([digest]);
  });

  it('leaves whole images behind while others are pushed', async () => {
    const { layout, push, images } = await registry();
    await push('v0', 'zero');
    const pushes = (async () => {
      for (let i = 1; i <= 8; i++) await push(`v${i % 3}`, `text ${i}`);
    })();
    let isOver = false;
    void pushes.then(() => (isOver = true));
    while (!isOver) await collectGarbage(layout, new Set());
    await pushes;

    for (const { digest } of await images.tags('shop')) expect((await openImage(layout, digest)).digest).toBe(digest);
    expect(await images.tags('shop')).toHaveLength(3);
  });

  it('removes nothing when an image cannot be read', async () => {
    const { layout, push, blobs } = await registry();
    await push('v1', 'one');
    const broken = await push('v1', 'two');
    await writeFile(blobPath(layout, broken), 'no JSON');

    await expect(collectGarbage(layout, new Set())).rejects.toMatchObject({ name: 'Pointsman.BadImage' });
    expect(await blobs()).toBe(6);
  });

  it('makes no layout where there is none', async () => {
    const { layout, push, images } = await registry();
    await push('v1', 'one');
    await rm(layout, { recursive: true });

    expect(await collectGarbage(layout, new Set())).toEqual([]);
    expect(await images.repositories()).toEqual([]);
  });
});

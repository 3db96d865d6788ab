import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handMadeImage } from '../../test/support/hand-made-image.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { changeLayout } from './image-layout.ts';
import { layoutImageRegistry } from './layout-image-registry.ts';

async function registryWithShop() {
  const folder = await temporaryFolder();
  const layout = join(folder, 'shop');
  const one = await handMadeImage(layout, [[{ path: 'a', text: '1' }]]);
  const two = await handMadeImage(layout, [[{ path: 'a', text: '2' }]]); // takes the tag v1 over
  return { registry: layoutImageRegistry(folder), layout, one, two };
}

describe('layoutImageRegistry', () => {
  it('resolves a tag to what it points to now', async () => {
    const { registry, two } = await registryWithShop();

    expect(await registry.resolve('shop', 'v1')).toBe(two);
  });

  it('resolves the digest of an image that lost its tag', async () => {
    const { registry, one } = await registryWithShop();

    expect(await registry.resolve('shop', one)).toBe(one);
  });

  it.each([
    ['shop', 'v9'],
    ['shop', `sha256:${'0'.repeat(64)}`],
    ['till', 'v1'],
    ['../shop', 'v1'],
  ])('knows no %s:%s', async (repository, reference) => {
    const { registry } = await registryWithShop();

    expect(await registry.resolve(repository, reference)).toBeUndefined();
  });

  it('lists tags in the order of their pushes', async () => {
    const { registry, layout, one } = await registryWithShop();
    const image = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: one, size: 9 };
    await changeLayout(layout, (writer) => writer.tag('v0', image));

    expect((await registry.tags('shop')).map((t) => t.tag)).toEqual(['v1', 'v0']);
    expect(await registry.tags('till')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { memoryImageRegistry } from '../../adapters/memory/image-registry.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { resolveImage } from './handler.ts';

const release = `sha256:${'1'.repeat(64)}`;

describe('resolveImage', () => {
  const images = memoryImageRegistry();
  images.push('shop', '2.0', release);

  it('gives the digest that a tag points to', async () => {
    expect(await resolveImage.run({ repository: 'shop', reference: '2.0' }, { images }, idleCall)).toEqual({
      image: 'shop:2.0',
      release,
    });
  });

  it('gives a digest that the registry has', async () => {
    expect(await resolveImage.run({ repository: 'shop', reference: release }, { images }, idleCall)).toEqual({
      image: `shop@${release}`,
      release,
    });
  });

  it('fails with ImageNotFound for a tag that does not exist', async () => {
    await expect(
      resolveImage.run({ repository: 'shop', reference: '3.0' }, { images }, idleCall),
    ).rejects.toMatchObject({
      name: 'Pointsman.ImageNotFound',
      message: 'the registry has no image shop:3.0; push it, or name another tag',
    });
  });
});

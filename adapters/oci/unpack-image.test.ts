import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handMadeImage, type TarEntry } from '../../test/support/hand-made-image.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { unpackImage } from './unpack-image.ts';

async function unpack(layers: readonly (readonly TarEntry[])[], changes?: Parameters<typeof handMadeImage>[2]) {
  const folder = await temporaryFolder();
  const digest = await handMadeImage(join(folder, 'layout'), layers, changes);
  const target = join(folder, 'out', 'image');
  const list = () => readdir(target, { recursive: true }).then((names) => names.sort());
  return { folder, target, list, unpacking: unpackImage(join(folder, 'layout'), digest, target), digest };
}

const file = (path: string, text = 'x'): TarEntry => ({ path, text });
const link = (path: string, linkpath: string): TarEntry => ({ path, linkpath, type: 'SymbolicLink' });

describe('unpackImage', () => {
  it('lays the layers over each other', async () => {
    const { unpacking, target } = await unpack([[file('a', 'low'), file('b', 'low')], [file('b', 'high')]]);
    await unpacking;

    expect(await readFile(join(target, 'a'), 'utf8')).toBe('low');
    expect(await readFile(join(target, 'b'), 'utf8')).toBe('high');
  });

  it('takes away what a whiteout names, of lower layers only', async () => {
    const { unpacking, list } = await unpack([
      [file('etc/a'), file('etc/b'), file('srv/c')],
      [file('etc/.wh.a'), file('srv/.wh..wh..opq'), file('srv/d')],
    ]);
    await unpacking;

    expect(await list()).toEqual(['etc', 'etc/b', 'srv', 'srv/d']);
  });

  it.each(['application/vnd.oci.image.layer.v1.tar', 'application/vnd.docker.image.rootfs.diff.tar.gzip'])(
    'reads layers of type %s',
    async (layerType) => {
      const { unpacking, list } = await unpack([[file('a')]], { layerType });
      await unpacking;

      expect(await list()).toEqual(['a']);
    },
  );

  it('takes a layer without entries for what it is', async () => {
    const { unpacking, list } = await unpack([[file('a')], []]);
    await unpacking;

    expect(await list()).toEqual(['a']);
  });

  it('drops set-user bits', async () => {
    const { unpacking, target } = await unpack([[{ path: 'su', mode: 0o4755, text: 'x' }]]);
    await unpacking;

    expect((await lstat(join(target, 'su'))).mode & 0o7000).toBe(0);
  });

  it('does nothing more when the folder is there', async () => {
    const { folder, unpacking, target, digest } = await unpack([[file('a')]]);
    const first = await unpacking;
    const before = await lstat(target);

    expect(await unpackImage(join(folder, 'layout'), digest, target)).toEqual(first);
    expect((await lstat(target)).ino).toBe(before.ino);
  });

  it.each<[string, TarEntry[], string]>([
    ['a path that climbs out', [file('../evil')], '../evil lies outside the image'],
    ['a path that climbs out later', [file('a/../../evil')], 'a/../../evil lies outside the image'],
    ['an absolute path', [file('/evil')], '/evil lies outside the image'],
    ['an absolute link', [link('l', '/etc')], 'l is a link to the absolute path /etc'],
    ['a link that climbs out', [link('a/l', '../../etc')], 'a/l is a link out of the image, to ../../etc'],
    [
      'a link that climbs out over another',
      [link('a/b/root', '../..'), link('out', 'a/b/root/..')],
      'out is a link that climbs after a name, to a/b/root/..',
    ],
    [
      'a hard link out of the image',
      [{ path: 'h', type: 'Link', linkpath: '../../etc/passwd' }],
      'h is a hard link out of the image, to ../../etc/passwd',
    ],
    ['a file below a link', [file('d/x'), link('l', 'd'), file('l/y')], 'symbolic link'],
    ['a device', [{ path: 'null', type: 'CharacterDevice' }], 'null is a CharacterDevice'],
  ])('refuses %s and leaves nothing', async (_, entries, message) => {
    const { folder, unpacking } = await unpack([[file('first'), ...entries]]);

    await expect(unpacking).rejects.toMatchObject({
      name: 'Pointsman.BadImage',
      message: expect.stringContaining(message),
    });
    expect(await readdir(join(folder, 'out'))).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['layout', 'out']);
  });

  it('refuses a layer that unpacks to other bytes than the configuration says', async () => {
    const wrong = `sha256:${'0'.repeat(64)}`;
    const { unpacking } = await unpack([[file('a')]], { config: { rootfs: { type: 'layers', diff_ids: [wrong] } } });

    await expect(unpacking).rejects.toThrow(`unpacked, expected to have digest ${wrong}, found sha256:`);
  });

  it('refuses a layer of a type it cannot read', async () => {
    const { unpacking } = await unpack([[file('a')]], { layerType: 'application/x-7z' });

    await expect(unpacking).rejects.toThrow(/has media type application\/x-7z; tar, plain or compressed/);
  });
});

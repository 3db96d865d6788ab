import { chmod, link, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { layoutImageRegistry } from './layout-image-registry.ts';
import { openImage } from './open-image.ts';
import { packFolder } from './pack-folder.ts';
import { unpackImage } from './unpack-image.ts';

async function shop(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const all = { 'package.json': '{"main": "server.js"}', 'server.js': 'listen()', 'lib/tax.js': '0.19', ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe('packFolder', () => {
  it('gives the same digest for the same files, whatever their times, modes, order and hard links', async () => {
    const layout = await temporaryFolder();
    const first = await shop({ 'a.txt': 'same', 'b.txt': 'same' });
    const second = await shop({ 'b.txt': 'same' });
    await link(join(second, 'b.txt'), join(second, 'a.txt'));
    await chmod(join(second, 'server.js'), 0o600);
    await utimes(join(second, 'server.js'), 1000, 1000);

    const one = await packFolder(first, { layout, tag: 'v1' });
    const two = await packFolder(second, { layout, tag: 'v1' });

    expect(two.digest).toBe(one.digest);
  });

  it('gives another digest for another tag, so every push is a release of its own', async () => {
    const layout = await temporaryFolder();
    const folder = await shop();

    const one = await packFolder(folder, { layout, tag: 'v1' });
    const two = await packFolder(folder, { layout, tag: 'v2' });

    expect(two.digest).not.toBe(one.digest);
  });

  it('writes an image whose every blob has the digest and size that name it', async () => {
    const layout = await temporaryFolder();
    const { digest } = await packFolder(await shop(), {
      layout,
      tag: 'v1',
      env: { REGION: 'north' },
      labels: { team: 'till' },
    });

    const image = await openImage(layout, digest);

    expect(image.config).toEqual({
      command: ['node', 'server.js'],
      workingDir: '/app',
      env: { REGION: 'north' },
      labels: { team: 'till', 'org.opencontainers.image.version': 'v1' },
    });
    expect(image.layers).toHaveLength(1);
  });

  it.each(['gzip', 'none'] as const)('keeps files, modes and links (compression: %s)', async (compression) => {
    const layout = await temporaryFolder();
    const folder = await shop({ '@scope/run': '#!/bin/sh' });
    await chmod(join(folder, '@scope/run'), 0o700);
    await symlink('../lib/tax.js', join(folder, '@scope/tax.js'));
    const { digest } = await packFolder(folder, { layout, tag: 'v1', compression });
    const target = join(await temporaryFolder(), 'unpacked');

    await unpackImage(layout, digest, target);

    expect(await readdir(join(target, 'app'), { recursive: true })).toEqual(
      expect.arrayContaining(['package.json', 'server.js', 'lib/tax.js', '@scope/run', '@scope/tax.js']),
    );
    expect(await readFile(join(target, 'app/@scope/tax.js'), 'utf8')).toBe('0.19');
  });

  it('leaves out what .pointsmanignore names, and what never belongs into an image', async () => {
    const layout = await temporaryFolder();
    const folder = await shop({
      '.pointsmanignore': '*.log\nsecrets/\n',
      'debug.log': '',
      'secrets/key': '',
      '.git/HEAD': '',
      'node_modules/.cache/x': '',
      'node_modules/dep/index.js': '',
    });
    const { digest } = await packFolder(folder, { layout, tag: 'v1' });
    const target = join(await temporaryFolder(), 'unpacked');

    await unpackImage(layout, digest, target);

    expect((await readdir(join(target, 'app'), { recursive: true })).sort()).toEqual([
      'lib',
      'lib/tax.js',
      'node_modules',
      'node_modules/dep',
      'node_modules/dep/index.js',
      'package.json',
      'server.js',
    ]);
  });

  it('keeps both tags when two pushes happen at once', async () => {
    const registry = await temporaryFolder();
    const layout = join(registry, 'shop');
    const folders = await Promise.all([shop({ 'a.txt': 'a' }), shop({ 'b.txt': 'b' }), shop({ 'c.txt': 'c' })]);

    const pushed = await Promise.all(folders.map((folder, i) => packFolder(folder, { layout, tag: `v${i}` })));

    const tags = await layoutImageRegistry(registry).tags('shop');
    expect(new Map(tags.map((t) => [t.tag, t.digest]))).toEqual(new Map(pushed.map((p) => [p.tag, p.digest])));
  });

  it('repairs what a push that died left behind', async () => {
    const layout = await temporaryFolder();
    await mkdir(join(layout, '.incoming'));
    await writeFile(join(layout, '.incoming', 'half'), 'a blob');

    const { digest } = await packFolder(await shop(), { layout, tag: 'v1' });

    expect((await openImage(layout, digest)).digest).toBe(digest);
    expect(await readdir(join(layout, '.incoming'))).toEqual([]);
  });

  it.each([
    ['a link that leaves the folder', '../../etc/passwd', 'server-link is a link out of the image'],
    ['an absolute link', '/etc/passwd', 'server-link is a link to the absolute path'],
  ])('refuses %s', async (_, target, message) => {
    const folder = await shop();
    await symlink(target, join(folder, 'server-link'));

    await expect(packFolder(folder, { layout: await temporaryFolder(), tag: 'v1' })).rejects.toMatchObject({
      name: 'Pointsman.BadInput',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a folder that is not there, and a tag that is none', async () => {
    const layout = await temporaryFolder();

    await expect(packFolder('/nowhere/at/all', { layout, tag: 'v1' })).rejects.toThrow(
      '/nowhere/at/all: there is no such folder',
    );
    await expect(packFolder(await shop(), { layout, tag: 'v 1' })).rejects.toThrow(/tag: found "v 1"/);
  });
});

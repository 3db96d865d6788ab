import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { layoutImageRegistry } from './layout-image-registry.ts';
import { openImage } from './open-image.ts';
import { packFolder } from './pack-folder.ts';

/** Pushes tags of its own one after the other and prints each when it is done, until it is killed. */
const pusher = (folder: string, layout: string) => `
  import { packFolder } from ${JSON.stringify(join(import.meta.dirname, 'pack-folder.ts'))};
  for (let i = 0; ; i++) {
    await packFolder(${JSON.stringify(folder)}, { layout: ${JSON.stringify(layout)}, tag: 'killed-' + i });
    console.log('killed-' + i);
  }`;

describe('packFolder in a process that is killed', () => {
  it('loses no push it reported, breaks no other, and leaves the layout open to the next', async () => {
    const registry = await temporaryFolder();
    const layout = join(registry, 'shop');
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'package.json'), '{"main": "server.js"}');

    const child = spawn(process.execPath, ['--input-type=module', '-e', pusher(folder, layout)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const reported: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      reported.push(line);
      await packFolder(folder, { layout, tag: `mine-${reported.length}` });
      if (reported.length === 5) child.kill('SIGKILL'); // in the middle of whatever it does
    }
    await exited;
    await packFolder(folder, { layout, tag: 'after' });

    const tags = await layoutImageRegistry(registry).tags('shop');
    const expected = [...reported, 'after', 'mine-1', 'mine-2', 'mine-3', 'mine-4', 'mine-5'];
    expect(tags.map((t) => t.tag)).toEqual(expect.arrayContaining(expected));
    for (const { digest } of tags) expect((await openImage(layout, digest)).layers).toHaveLength(1);
  });
});

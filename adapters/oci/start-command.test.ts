import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { startCommand } from './start-command.ts';

async function folderWith(packageJson?: string): Promise<string> {
  const folder = await temporaryFolder();
  if (packageJson !== undefined) await writeFile(join(folder, 'package.json'), packageJson);
  return folder;
}

describe('startCommand', () => {
  it('takes what was asked for before anything else', async () => {
    const folder = await folderWith('{"main": "server.js"}');

    expect(await startCommand(folder, ['./run', '--fast'])).toEqual(['./run', '--fast']);
  });

  it('takes pointsman.command of package.json before its main', async () => {
    const folder = await folderWith('{"main": "server.js", "pointsman": {"command": ["node", "other.js"]}}');

    expect(await startCommand(folder)).toEqual(['node', 'other.js']);
  });

  it('starts main with Node', async () => {
    expect(await startCommand(await folderWith('{"main": "server.js"}'))).toEqual(['node', 'server.js']);
  });

  it.each([
    [undefined, 'there is no package.json'],
    ['{}', 'neither "pointsman.command" nor "main"'],
    ['{', 'is not JSON'],
    ['{"main": 3}', 'main: expected text, found 3'],
    ['{"pointsman": {"command": []}}', 'pointsman.command: expected a list that is not empty, found []'],
  ])('refuses package.json %s', async (text, message) => {
    await expect(startCommand(await folderWith(text))).rejects.toMatchObject({
      name: 'Pointsman.BadInput',
      message: expect.stringContaining(message),
    });
  });
});

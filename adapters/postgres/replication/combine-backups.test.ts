import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { combineBackups } from './combine-backups.ts';

describe('combineBackups', () => {
  it('takes each block from the newest backup that has it', async () => {
    const folder = await temporaryFolder();
    const chain = [
      await backup(folder, 'full', '0/100', undefined, { 'base/1': blocks('a', 'b', 'c', 'd'), gone: blocks('x') }),
      await backup(folder, 'one', '0/200', '0/100', { 'base/INCREMENTAL.1': changes(4, { 1: 'B', 3: 'D' }) }),
      await backup(folder, 'two', '0/300', '0/200', {
        'base/INCREMENTAL.1': changes(4, { 3: '3', 4: '4' }),
        new: blocks('n'),
      }),
    ];
    await combineBackups(chain, join(folder, 'whole'));

    expect(await readFile(join(folder, 'whole', 'base', '1'))).toEqual(blocks('a', 'B', 'c', '3', '4'));
    expect((await readdir(join(folder, 'whole'))).sort()).toEqual(['backup_label', 'base', 'new']);
    expect(await readFile(join(folder, 'whole', 'backup_label'), 'utf8')).not.toContain('INCREMENTAL');
  });

  it('leaves out what a table was cut by, and fills what it grew by unwritten with zeros', async () => {
    const folder = await temporaryFolder();
    const chain = [
      await backup(folder, 'full', '0/100', undefined, { 'base/1': blocks('a', 'b', 'c', 'd') }),
      await backup(folder, 'one', '0/200', '0/100', { 'base/INCREMENTAL.1': changes(2, { 4: 'E' }) }),
    ];
    await combineBackups(chain, join(folder, 'whole'));

    expect(await readFile(join(folder, 'whole', 'base', '1'))).toEqual(blocks('a', 'b', '\0', '\0', 'E'));
  });

  it('keeps the full backup when asked to', async () => {
    const folder = await temporaryFolder();
    const chain = [
      await backup(folder, 'full', '0/100', undefined, { 'base/1': blocks('a') }),
      await backup(folder, 'one', '0/200', '0/100', { 'base/INCREMENTAL.1': changes(1, {}) }),
    ];
    await combineBackups(chain, join(folder, 'whole'), { keepFull: true });

    expect(await readFile(join(folder, 'full', 'base', '1'))).toEqual(blocks('a'));
    expect(await readFile(join(folder, 'whole', 'base', '1'))).toEqual(blocks('a'));
  });

  it('refuses backups that do not follow on each other', async () => {
    const folder = await temporaryFolder();
    const full = await backup(folder, 'full', '0/100', undefined, { 'base/1': blocks('a') });
    const other = await backup(folder, 'other', '0/300', '0/200', { 'base/INCREMENTAL.1': changes(1, {}) });

    await expect(combineBackups([full, other], join(folder, 'whole'))).rejects.toThrow('starts at 0/200');
    await expect(combineBackups([other], join(folder, 'whole'))).rejects.toThrow('a chain starts with a full one');
  });

  it('refuses an incremental file that is cut short or is none', async () => {
    const folder = await temporaryFolder();
    const full = await backup(folder, 'full', '0/100', undefined, { 'base/1': blocks('a') });
    const cut = await backup(folder, 'cut', '0/200', '0/100', {
      'base/INCREMENTAL.1': changes(1, { 0: 'A' }).subarray(0, 9000),
    });
    const none = await backup(folder, 'none', '0/200', '0/100', { 'base/INCREMENTAL.1': blocks('A') });

    await expect(combineBackups([full, cut], join(folder, 'w1'))).rejects.toThrow('has 9000 bytes');
    await expect(combineBackups([full, none], join(folder, 'w2'))).rejects.toThrow('no incremental file');
  });
});

const blocks = (...letters: string[]): Buffer => Buffer.concat(letters.map((letter) => Buffer.alloc(8192, letter)));

/** A file as an incremental backup has it: of `kept` blocks that were there all the time, some changed, some new. */
function changes(kept: number, changed: Readonly<Record<number, string>>): Buffer {
  const places = Object.keys(changed).map(Number);
  const head = Buffer.alloc(places.length === 0 ? 12 : 8192);
  head.writeUInt32LE(0xd3ae1f0d, 0);
  head.writeUInt32LE(places.length, 4);
  head.writeUInt32LE(kept, 8);
  for (const [index, place] of places.entries()) head.writeUInt32LE(place, 12 + 4 * index);
  return Buffer.concat([head, blocks(...Object.values(changed))]);
}

async function backup(
  folder: string,
  name: string,
  start: string,
  from: string | undefined,
  files: Readonly<Record<string, Buffer>>,
): Promise<string> {
  const place = join(folder, name);
  await mkdir(join(place, 'base'), { recursive: true });
  const since = from === undefined ? '' : `INCREMENTAL FROM LSN: ${from}\nINCREMENTAL FROM TLI: 1\n`;
  await writeFile(join(place, 'backup_label'), `START WAL LOCATION: ${start} (file 1)\nSTART TIMELINE: 1\n${since}`);
  await writeFile(join(place, 'backup_manifest'), '{}');
  for (const [path, bytes] of Object.entries(files)) await writeFile(join(place, path), bytes);
  return place;
}

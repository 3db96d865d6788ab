import { join } from 'node:path';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { readSiteKey } from '../../shared/vault/site-key.ts';
import { walArchive } from './wal-archive.ts';

const key = (text = '0f'.repeat(32)) => readSiteKey('file:a.key', text);
const HISTORY = '00000002.history';
const text = Buffer.from('1\t0/F00060\tno recovery target specified\n');

describe('the archive of a log', () => {
  it('gives a file back as it was, also added twice', async () => {
    const archive = walArchive(await temporaryFolder(), '7', async () => key());
    await archive.add(HISTORY, text);
    await archive.add(HISTORY, text);

    expect(await archive.read(HISTORY)).toEqual(text);
    expect(await archive.names()).toEqual([HISTORY]);
  });

  it('refuses another file of the same name: two servers must not write to one archive', async () => {
    const archive = walArchive(await temporaryFolder(), '7', async () => key());
    await archive.add(HISTORY, text);

    await expect(archive.add(HISTORY, Buffer.from('other'))).rejects.toThrow('two servers write to one archive');
    expect(await archive.read(HISTORY)).toEqual(text);
  });

  it('tells a wrong key from a changed file, and replaces neither', async () => {
    const folder = await temporaryFolder();
    const archive = walArchive(folder, '7', async () => key());
    const other = walArchive(folder, '7', async () => key('11'.repeat(32)));
    await archive.add(HISTORY, text);

    await expect(other.read(HISTORY)).rejects.toMatchObject({
      name: 'Pointsman.BackupUnusable',
      message: /the wrong key/,
    });
    await expect(other.add(HISTORY, text)).rejects.toThrow('the wrong key');
    expect(await archive.read(HISTORY)).toEqual(text);
  });

  it('takes a file of another name or lineage for damaged', async () => {
    const folder = await temporaryFolder();
    const archive = walArchive(folder, '7', async () => key());
    await archive.add(HISTORY, text);
    await expect(walArchive(folder, '8', async () => key()).read(HISTORY)).rejects.toMatchObject({
      name: 'Pointsman.BackupUnusable',
    });
    await rename(
      join(folder, '00000002', `${HISTORY}.sealed`),
      join(folder, '00000002', '00000002.00000001.backup.sealed'),
    );

    await expect(archive.read('00000002.00000001.backup')).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
  });

  it('does not list what is not finished', async () => {
    const folder = await temporaryFolder();
    const archive = walArchive(folder, '7', async () => key());
    await archive.add(HISTORY, text);
    await writeFile(join(folder, '00000002', '.unfinished-1.sealed'), 'half');

    expect(await archive.names()).toEqual([HISTORY]);
    expect((await readdir(join(folder, '00000002'))).length).toBe(2);
  });
});

describe('the key of a site', () => {
  it('is 32 bytes, in hex or base64', () => {
    expect(key(`${'0f'.repeat(32)}\n`).id).toBe(key(Buffer.from('0f'.repeat(32), 'hex').toString('base64')).id);
    expect(key('11'.repeat(32)).id).not.toBe(key().id);
  });

  it('is no password, and is not told when it is refused', () => {
    expect(() => key('correct horse battery staple')).toThrow(/^file:a\.key holds no key/);
    expect(() => key('correct horse battery staple')).not.toThrow(/horse/);
  });
});

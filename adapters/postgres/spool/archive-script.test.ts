import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { archiveCommand, archiveScript } from './archive-script.ts';

const NAME = '000000010000000000000001';

describe('the archive script', () => {
  it('lays a file down under its lineage, whole and under its name only', async () => {
    const { archive, spool } = await server();
    await archive('one');

    expect(await readFile(join(spool, '7000000000000000001', NAME), 'utf8')).toBe('one');
    expect((await readdir(join(spool, '7000000000000000001'))).sort()).toEqual([NAME, 'sealed']);
  });

  it('takes the same file again, as a promoted standby hands it over', async () => {
    const { archive } = await server();
    await archive('one');

    await expect(archive('one')).resolves.toBeDefined();
  });

  it('takes the same file again after it was sealed into the vault', async () => {
    const { archive, sealed, spool } = await server();
    await archive('one');
    await sealed('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed'); // of `one`

    await expect(archive('one')).resolves.toBeDefined();
    expect(await readdir(join(spool, '7000000000000000001'))).toEqual(['sealed']);
  });

  it('refuses another file of a name that is archived, before and after it was sealed', async () => {
    const { archive, sealed } = await server();
    await archive('one');
    await expect(archive('two')).rejects.toThrow(`${NAME} is archived already, with other contents`);
    await sealed('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed');

    await expect(archive('two')).rejects.toThrow(`${NAME} is archived already, with other contents`);
  });
});

/** A data folder of the system 7000000000000000001, and a spool whose path has everything a path may have. */
async function server() {
  const folder = await temporaryFolder();
  const [data, spool] = [join(folder, 'data'), join(folder, `it's 100% "here"`)];
  await mkdir(join(data, 'global'), { recursive: true });
  await mkdir(join(data, 'pg_wal'));
  await mkdir(spool);
  const id = Buffer.alloc(8);
  id.writeBigUInt64LE(7_000_000_000_000_000_001n);
  await writeFile(join(data, 'global', 'pg_control'), id);
  await writeFile(join(spool, 'archive.sh'), archiveScript);
  const command = archiveCommand(spool).replaceAll(/%[pf%]/g, (mark) =>
    mark === '%p' ? `pg_wal/${NAME}` : mark === '%f' ? NAME : '%',
  );
  return {
    spool,
    async archive(contents: string) {
      await writeFile(join(data, 'pg_wal', NAME), contents);
      return promisify(execFile)('/bin/sh', ['-c', command], { cwd: data });
    },
    /** What the host does once a file is in the vault. */
    async sealed(sha256: string) {
      const place = join(spool, '7000000000000000001');
      await writeFile(join(place, 'sealed', NAME), sha256);
      await rm(join(place, NAME));
    },
  };
}

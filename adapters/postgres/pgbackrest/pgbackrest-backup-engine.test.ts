import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked } from '../../../test/support/asked.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { flipByte } from '../../../test/support/flip-byte.ts';
import {
  pgBackRestBackupWorld,
  type PgBackRestBackupWorld,
  withoutPgBackRest,
} from '../../../test/support/pgbackrest-backup-world.ts';
import { onPath } from '../../../test/support/on-path.ts';
import { giveTo, serverUser } from '../server/server-user.ts';
import { pgBackRestBackupEngine } from './pgbackrest-backup-engine.ts';
import { pgBackRestArchiveCommand, settingsFile } from './repository-settings.ts';

describe.skipIf(withoutPgBackRest !== '')(`backups by pgBackRest${withoutPgBackRest}`, { timeout: 180_000 }, () => {
  it('keep the key off every command line, and what is stored out of the clear', async () => {
    const world = await pgBackRestBackupWorld();
    const [program, said] = [join(world.folder, 'program', 'pgbackrest'), join(world.folder, 'program', 'said')];
    await mkdir(join(world.folder, 'program'), { mode: 0o755 });
    await writeFile(program, `#!/bin/sh\necho "$@" >> ${said}\nexec ${onPath('pgbackrest')} "$@"\n`, { mode: 0o755 });
    await writeFile(said, '');
    await giveTo(await serverUser(), join(world.folder, 'program'));
    const engine = pgBackRestBackupEngine({ ...world.options, program });
    const secret = 'nobody may read this in a vault';
    await world.server().sql(`CREATE TABLE notes AS SELECT '${secret}' AS note`);
    await world.write([1]);
    await asked(() => engine.take({ ...full, id: 'one' }));
    await asked(() => engine.copy('shop', 'one', 'a', 'b'));
    const commands = await readFile(said, 'utf8');
    const keys = ['a', 'b'].map((site) => world.secrets.get(`file:${site}.key`) ?? '');

    expect(commands).toMatch(/^backup .*--type=full/m);
    expect(commands).toMatch(/^repo-put /m);
    for (const key of keys) expect(commands).not.toContain(key);
    for (const site of ['a', 'b'])
      for (const entry of await readdir(world.vault(site), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) {
          const bytes = await readFile(join(entry.parentPath, entry.name));
          for (const text of [secret, ...keys]) expect(bytes.includes(text), entry.name).toBe(false);
        }
  });

  it('have the key in one file of the server, which only its user reads', async () => {
    const world = await pgBackRestBackupWorld();
    const site = world.options.sites['a'] ?? expect.fail('there is no site a');
    const { mode, uid } = await stat(settingsFile(site));

    expect(mode & 0o777).toBe(0o600);
    expect(uid).toBe((await serverUser())?.uid ?? process.getuid?.());
    expect(await readFile(settingsFile(site), 'utf8')).toContain(world.secrets.get('file:a.key'));
    expect(pgBackRestArchiveCommand('shop', site)).not.toContain(world.secrets.get('file:a.key'));
  });

  it('do not keep a server from starting when the key cannot be had: it archives with what it has', async () => {
    const world = await pgBackRestBackupWorld();
    world.secrets.delete('file:a.key');
    await expect(world.engine.prepare()).resolves.toBeUndefined();
    await expect(take(world, 'one')).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
    const { sql } = world.server();
    const [end] = await sql<{ file: string }>(
      `SELECT pg_walfile_name(pg_switch_wal()) AS file FROM pg_logical_emit_message(false, '', '')`,
    );

    await eventually(
      () => world.archived('a'),
      (paths) => paths.some((path) => path.includes(end?.file ?? 'nowhere')),
    );
  });

  it('begun by a run that died are finished by the next, and never taken twice', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    const first = await take(world, 'one');
    await rm(join(world.vault('a'), 'labels', 'one.json')); // the last that is written
    expect(await world.engine.list('shop', 'a')).toEqual([]);
    const again = await take(world, 'one');

    expect(again).toMatchObject({ from: first.from, to: first.to, bytes: first.bytes });
    expect(await setsAt(world)).toHaveLength(1);
  });

  it('begun by a run that nobody repeats are removed by the next backup', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await rm(join(world.vault('a'), 'labels', 'one.json'));
    await take(world, 'two');

    expect(await setsAt(world)).toEqual([(await world.set('two', 'a')).split('/').at(-1)]);
  });

  it('refuse an incremental on another than the newest, to which pgBackRest would add it silently', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await take(world, 'two');

    await expect(take(world, 'three', 'one')).rejects.toMatchObject({
      name: 'Pointsman.NoParent',
      message: /adds to its newest backup/,
    });
    expect(await setsAt(world)).toHaveLength(2);
  });

  it('are refused of data with damaged pages, which pgBackRest only warns of', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    const { sql, data } = world.server();
    await sql('CREATE TABLE notes AS SELECT i FROM generate_series(1, 1000) AS i');
    await sql('CHECKPOINT');
    const [at] = await sql<{ path: string }>(`SELECT pg_relation_filepath('notes') AS path`);
    await flipByte(join(data, at?.path ?? ''), 8000);

    await expect(take(world, 'one')).rejects.toMatchObject({
      name: 'Pointsman.BackupUnusable',
      message: /pages with wrong checksums/,
    });
    await sql('DROP TABLE notes');
    expect(await setsAt(world)).toEqual([]);
  });

  it('carry an incremental at the other site after a failover, on what was copied there', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.failOver?.([2]);
    await world.write([3]);
    const two = await asked(() =>
      world.engine.take({ ...full, id: 'two', site: 'b', kind: 'incremental', parent: 'one' }),
    );
    const order = { group: 'shop', site: 'b', backup: 'two', branch: '2', scratch: 'scratch' };
    await asked(() => world.engine.restore({ ...order, target: { kind: 'latest' } }));

    expect(two).toMatchObject({ from: { branch: '2' }, parent: 'one' });
    expect(await asked(() => world.engine.inspect('shop', 'scratch'))).toEqual(await world.contents());
    await asked(() => world.engine.destroy('shop', 'scratch'));
  });

  it('go on archiving after a failover, over the segment both timelines share', async () => {
    const world = await pgBackRestBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.failOver?.([2]);
    await world.write([3]);
    const names = (await world.archived('b')).map((path) => path.slice(path.lastIndexOf('/') + 1));

    expect(names.filter((name) => name.startsWith('00000002'))).not.toEqual([]);
    expect(await asked(() => world.engine.verify('shop', 'one', 'b'))).toEqual({ intact: true, problems: [] });
  });

  it('say of a server that does not answer that its site cannot be reached', async () => {
    const world = await pgBackRestBackupWorld();

    const asking = asked(() => world.engine.take({ ...full, id: 'one', site: 'b' }));
    await expect(asking).rejects.toMatchObject({ name: 'Pointsman.SiteUnreachable' });
  });
});

const full = { group: 'shop', site: 'a', kind: 'full', parent: null, epoch: 1 } as const;

const take = (world: PgBackRestBackupWorld, id: string, parent: string | null = null) =>
  asked(() => world.engine.take({ ...full, id, kind: parent === null ? 'full' : 'incremental', parent }));

/** What pgBackRest has at `a`. */
async function setsAt(world: PgBackRestBackupWorld): Promise<readonly string[]> {
  const names = await readdir(join(world.vault('a'), 'repository', 'backup', 'shop'));
  return names.filter((name) => /^\d{8}-\d{6}F/.test(name)).sort();
}

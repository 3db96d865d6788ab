import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backUpIntoFolder } from '../replication/back-up-into-folder.ts';
import { describe, expect, it } from 'vitest';
import type { RestoreTarget } from '../../../functions/ports/recovery/backup-engine.ts';
import { asked } from '../../../test/support/asked.ts';
import { flipByte } from '../../../test/support/flip-byte.ts';
import { postgresBackupWorld, type PostgresBackupWorld } from '../../../test/support/postgres-backup-world.ts';
import { PASSWORD, testCluster } from '../../../test/support/postgres-cluster.ts';
import { binaries } from '../server/binaries.ts';
import { serverUser } from '../server/server-user.ts';
import { type Sql, sqlSession } from '../sql/sql-session.ts';
import { planRestore } from './plan-restore.ts';
import { backupSite } from './backup-site.ts';
import { layOutRestore } from './restore-backup.ts';
import { endScratch, recover } from './scratch-server.ts';

describe('taking a backup of PostgreSQL', { timeout: 60_000 }, () => {
  it('proves what it held at an exact place, while writers go on', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    let isOver = false;
    const writer = sqlSession(world.server().address, 60_000, async (sql) => {
      for (let id = 1000; !isOver; id++) await sql(`INSERT INTO orders VALUES (${id}, 'while a backup is taken')`);
    });
    const { proof } = await take(world, 'one');
    isOver = true;
    await writer;
    await world.write([2]);
    const held = await restored(world, 'one', { kind: 'position', position: proof?.at ?? { branch: '', offset: '' } });

    expect(proof?.contents.tables[0]?.rows).toBeGreaterThan(1);
    expect(held).toEqual(proof?.contents);
  });

  it('begins anew where an earlier attempt died', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    const left = join(world.vault('a'), 'backups', '.unfinished-one.dead');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'base.tar.sealed'), 'half of it');
    await take(world, 'one');

    expect(await readdir(join(world.vault('a'), 'backups'))).toEqual(['one']);
  });

  it('refuses an incremental whose changes were not summarized since its parent', async () => {
    const world = await postgresBackupWorld();
    const server = world.server();
    const summaries = async (on: 'on' | 'off') => {
      await server.sql(`ALTER SYSTEM SET summarize_wal = ${on}`);
      await server.sql('SELECT pg_reload_conf()');
    };
    await summaries('off');
    await world.write([1]);
    await take(world, 'one');

    const asking = take(world, 'two', 'one');
    await expect(asking).rejects.toMatchObject({ name: 'Pointsman.NoParent', message: /summariz.*take a full backup/ });
    await server.sql('ALTER SYSTEM RESET summarize_wal');
    await server.sql('SELECT pg_reload_conf()');
    expect(await readdir(join(world.vault('a'), 'backups'))).toEqual(['one']);
  });

  it('refuses an incremental whose parent cannot be unlocked or was changed', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await flipByte(join(world.vault('a'), 'backups', 'one', 'backup_manifest.sealed'), 5000);

    await expect(take(world, 'two', 'one')).rejects.toMatchObject({
      name: 'Pointsman.NoParent',
      message: /changed or cut short/,
    });
  });

  it('says of a server that does not answer that its site cannot be reached', async () => {
    const world = await postgresBackupWorld();

    const asking = asked(() =>
      world.engine.take({ id: 'one', group: 'shop', site: 'b', kind: 'full', parent: null, epoch: 1 }),
    );
    await expect(asking).rejects.toMatchObject({ name: 'Pointsman.SiteUnreachable' });
  });
});

describe('a vault of PostgreSQL backups', { timeout: 60_000 }, () => {
  it('holds nothing in the clear, and no copy has bytes in common with its original', async () => {
    const world = await postgresBackupWorld();
    const secret = 'nobody may read this in a vault';
    await world.server().sql(`CREATE TABLE IF NOT EXISTS notes AS SELECT '${secret}' AS note`);
    await world.write([1]);
    await take(world, 'one');
    await asked(() => world.engine.copy('shop', 'one', 'a', 'b'));
    await world.server().sql('DROP TABLE notes');

    for (const site of ['a', 'b'])
      for (const entry of await readdir(world.vault(site), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) {
          const bytes = await readFile(join(entry.parentPath, entry.name));
          expect(bytes.includes(secret), entry.name).toBe(false);
          expect(bytes.includes(world.secrets.get(`file:${site}.key`) ?? ''), entry.name).toBe(false);
        }
    const [original, copy] = await Promise.all(
      ['a', 'b'].map((site) => readFile(join(world.vault(site), 'backups', 'one', 'base.tar.sealed'))),
    );
    expect(copy?.subarray(20, 100).equals(original?.subarray(20, 100) ?? Buffer.alloc(0))).toBe(false);
  });

  it('goes on archiving after a failover, over the segment both timelines share', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.failOver?.([2]);
    await world.write([3]);
    const archived = (await world.archived('b')).map((path) =>
      path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('/') + 9),
    );
    const [failures] = await world
      .server()
      .sql<{ count: number }>('SELECT failed_count::int AS count FROM pg_stat_archiver');

    expect(archived).toContain('00000002');
    expect(failures?.count).toBe(0);
    expect(await asked(() => world.engine.verify('shop', 'one', 'b'))).toEqual({ intact: true, problems: [] });
  });

  it('knows no moment of an abandoned branch behind its end, whatever the other branch has', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.failOver?.([2]);
    const at = await world.write([3]);
    const onBranch = (branch: string) =>
      asked(() =>
        world.engine.restore({
          group: 'shop',
          site: 'b',
          backup: 'one',
          branch,
          scratch: 'scratch',
          target: { kind: 'moment', at },
        }),
      );

    await expect(onBranch('1')).rejects.toMatchObject({ name: 'Pointsman.TargetNotReached', message: /branch 1/ });
    expect((await onBranch('2')).position.branch).toBe('2');
    await asked(() => world.engine.destroy('shop', 'scratch'));
  });

  it('carries the rebuild of an old primary from a standby promoted where a backup ended, without what the old one lost', async () => {
    const world = await postgresBackupWorld();
    // A server that is in no hurry to write its log to disk, as one under load: a standby gets only what is there.
    await world.server().sql(`ALTER SYSTEM SET wal_writer_delay = '2s'`);
    await world.server().sql('SELECT pg_reload_conf()');
    await world.write([1, 2]);
    await world.standBy();
    await take(world, 'one');
    await take(world, 'two', 'one');
    await world.failOver?.([3]);
    await world.write([4]);
    const folder = join(world.folder, 'rebuilt');
    await mkdir(folder, { mode: 0o711 });
    await world.engine.unpackNewest('a', join(folder, 'prior'));
    const from = { host: '127.0.0.1', ...world.server().address };
    const { start } = await backUpIntoFolder(from, join(folder, 'data'), { prior: join(folder, 'prior') });
    const rebuilt = await testCluster(world.folder, 'rebuilt', {}, { isMade: true });

    expect(start.timeline).toBe(2);
    expect(await rebuilt.sql('SELECT id FROM orders ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }]);
    expect((await readdir(folder)).filter((name) => /\.parts?$/.test(name))).toEqual([]);
  });

  it('tells of a gap in the log behind a backup, which ends what can be restored', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.write([2]);
    const gap = (await world.archived('a')).findLast((path) => /[0-9A-F]{24}\.sealed$/.test(path)) ?? '';
    await world.write([3]);
    await rm(gap);

    const { intact, problems } = await asked(() => world.engine.verify('shop', 'one', 'a'));
    expect({ intact, problems: problems.join() }).toMatchObject({
      intact: false,
      problems: /branch 1 cannot be restored past it/,
    });
    await expect(restored(world, 'one', { kind: 'latest' })).rejects.toMatchObject({
      name: 'Pointsman.BackupUnusable',
    });
  });
});

describe('a restored PostgreSQL', { timeout: 60_000 }, () => {
  it('has left recovery, archives nothing, follows nobody, refuses writes, and listens on loopback', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    const { address } = await restore(world, 'one', { kind: 'latest' });
    const place = { port: Number(new URL(address).port), user: 'postgres', database: 'postgres', password: PASSWORD };
    const asks = <T>(use: (sql: Sql) => Promise<T>) => sqlSession(place, 5_000, use);
    const [seen] = await asks((sql) =>
      sql(`SELECT pg_is_in_recovery() AS recovering, current_setting('archive_mode') AS archives,
                  current_setting('primary_conninfo') AS follows, current_setting('listen_addresses') AS listens`),
    );
    const writing = asks((sql) => sql(`INSERT INTO orders VALUES (9, 'never')`));

    expect(seen).toEqual({ recovering: false, archives: 'off', follows: '', listens: '127.0.0.1' });
    await expect(writing).rejects.toMatchObject({ code: '25006' }); // read_only_sql_transaction
    await asked(() => world.engine.destroy('shop', 'scratch'));
  });

  it('that accepts reads and then ends short of its target is never a restore', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await world.write([2]);
    // Past the plan, which would have refused: the server itself is asked for what the log does not have.
    const site = backupSite(world.options, 'a');
    const order = {
      group: 'shop',
      site: 'a',
      backup: 'one',
      branch: '1',
      scratch: 'far',
      target: { kind: 'latest' },
    } as const;
    const plan = await planRestore(site, order);
    const folder = join(world.folder, 'far');
    await mkdir(folder, { mode: 0o711 });
    const lineage = plan.chain[0]?.backup.lineage ?? '';
    await layOutRestore(plan, site.archive(lineage), {
      data: join(folder, 'data'),
      log: join(folder, 'wal'),
      parts: join(folder, 'parts'),
    });
    const user = await serverUser();
    const place = { folder, user, binaries: await binaries(world.folder, user, undefined) };
    const settings = {
      fsync: 'off',
      max_connections: '20',
      recovery_target_time: '2099-01-01 00:00:00+00',
      recovery_target_timeline: '1',
    };

    const recovering = recover(place, settings, { user: 'postgres', database: 'postgres', password: PASSWORD });
    await expect(recovering).rejects.toMatchObject({
      name: 'Pointsman.BackupUnusable',
      message: /recovery ended before configured recovery target was reached/,
    });
    expect(await readFile(join(folder, 'server.log'), 'utf8')).toContain('ready to accept read-only connections');
    await endScratch(folder);
  });

  it('is ended and deleted also by another process than the one that restored it', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await restore(world, 'one', { kind: 'latest' });
    const later = world.again();

    expect((await later.inspect('shop', 'scratch')).tables[0]?.rows).toBe(1);
    await later.destroy('shop', 'scratch');
    await expect(later.inspect('shop', 'scratch')).rejects.toMatchObject({ name: 'Pointsman.NoSuchScratch' });
    expect(await readdir(join(world.folder, 'restores', 'scratch'))).toEqual([]);
  });

  it('refuses to be mistaken for another restore of the same name', async () => {
    const world = await postgresBackupWorld();
    await world.write([1]);
    await take(world, 'one');
    await take(world, 'two');
    await restore(world, 'one', { kind: 'latest' });

    await expect(restore(world, 'two', { kind: 'latest' })).rejects.toMatchObject({ name: 'Pointsman.ScratchTaken' });
    await asked(() => world.engine.destroy('shop', 'scratch'));
  });
});

const take = (world: PostgresBackupWorld, id: string, parent: string | null = null) =>
  asked(() =>
    world.engine.take({
      id,
      group: 'shop',
      site: 'a',
      kind: parent === null ? 'full' : 'incremental',
      parent,
      epoch: 1,
    }),
  );

const restore = (world: PostgresBackupWorld, backup: string, target: RestoreTarget) =>
  asked(() => world.engine.restore({ group: 'shop', site: 'a', backup, branch: '1', scratch: 'scratch', target }));

async function restored(world: PostgresBackupWorld, backup: string, target: RestoreTarget) {
  await restore(world, backup, target);
  const contents = await world.engine.inspect('shop', 'scratch');
  await asked(() => world.engine.destroy('shop', 'scratch'));
  return contents;
}

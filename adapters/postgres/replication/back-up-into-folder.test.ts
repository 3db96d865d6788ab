import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterFolder, freshCluster, testCluster, type TestCluster } from '../../../test/support/postgres-cluster.ts';
import { backUpIntoFolder } from './back-up-into-folder.ts';

describe('backUpIntoFolder', () => {
  it('copies a running server over SCRAM, and the copy opens', async () => {
    const folder = await clusterFolder();
    const shop = await testCluster(folder, 'shop');
    await shop.sql(
      'CREATE TABLE orders AS SELECT n AS id, repeat(md5(n::text), 10) AS note FROM generate_series(1, 2000) n',
    );

    await mkdir(join(folder, 'copy'), { mode: 0o711 });
    await backUpIntoFolder({ host: '127.0.0.1', ...shop.address }, join(folder, 'copy', 'data'));
    const copy = await testCluster(folder, 'copy', {}, { isMade: true });

    expect(await checksum(copy)).toBe(await checksum(shop));
  });

  it('combines an incremental from a promoted standby with an older full, without what the old primary lost', async () => {
    const folder = await clusterFolder();
    const [full, rebuilt] = [join(folder, 'full'), join(folder, 'rebuilt', 'data')];
    const old = await testCluster(folder, 'old');
    await old.sql(
      'CREATE TABLE orders AS SELECT n AS id, repeat(md5(n::text), 10) AS note FROM generate_series(1, 5000) n',
    );
    const address = { host: '127.0.0.1', ...old.address };
    await mkdir(join(folder, 'new'), { mode: 0o711 });
    await backUpIntoFolder(address, join(folder, 'new', 'data'));
    await writeFile(join(folder, 'new', 'data', 'standby.signal'), '');
    const follow = { primary_conninfo: `host=127.0.0.1 port=${old.address.port} user=postgres password='se cret'` };
    const standby = await testCluster(folder, 'new', follow, { isMade: true });
    await backUpIntoFolder(address, full);
    await old.sql(`UPDATE orders SET note = 'seen' WHERE id < 50`);
    await caughtUp(old, standby);
    await standby.end('SIGINT');
    await old.sql(`INSERT INTO orders VALUES (-1, 'lost')`);
    await old.end('SIGKILL');
    await standby.start({});
    await standby.sql('SELECT pg_promote(true)');
    await standby.sql(`INSERT INTO orders VALUES (-2, 'after'); DELETE FROM orders WHERE id BETWEEN 100 AND 4900;`);
    await standby.sql('VACUUM orders');

    const before = (await readdir(full)).length;
    await mkdir(join(folder, 'rebuilt'), { mode: 0o711 });
    const { start } = await backUpIntoFolder({ host: '127.0.0.1', ...standby.address }, rebuilt, { prior: full });
    const again = await testCluster(folder, 'rebuilt', {}, { isMade: true });

    expect(start.timeline).toBe(2);
    expect(await again.sql('SELECT id FROM orders WHERE id < 0')).toEqual([{ id: -2 }]);
    expect(await checksum(again)).toBe(await checksum(standby));
    expect((await readdir(full)).length).toBe(before);
    await again.sql('CREATE EXTENSION amcheck');
    expect(await again.sql(`SELECT * FROM verify_heapam('orders')`)).toEqual([]);
  });

  it('refuses a prior backup of another system', async () => {
    const folder = await clusterFolder();
    await freshCluster(folder, join(folder, 'other', 'data'));
    const [one, other] = [await testCluster(folder, 'one'), await testCluster(folder, 'other', {}, { isMade: true })];
    await backUpIntoFolder({ host: '127.0.0.1', ...one.address }, join(folder, 'prior'));

    const asked = backUpIntoFolder({ host: '127.0.0.1', ...other.address }, join(folder, 'out'), {
      prior: join(folder, 'prior'),
    });

    await expect(asked).rejects.toThrow(/system identifier/);
  });
});

const checksum = async (cluster: TestCluster): Promise<unknown> =>
  (
    await cluster.sql(`SELECT md5(string_agg(o::text, ',' ORDER BY id)) AS sum, count(*)::int AS rows FROM orders o`)
  )[0]?.['sum'];

async function caughtUp(primary: TestCluster, standby: TestCluster): Promise<void> {
  const [end] = await primary.sql('SELECT pg_current_wal_flush_lsn() AS lsn');
  for (let tries = 0; tries < 200; tries++) {
    const [seen] = await standby.sql('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [end?.['lsn']]);
    if (seen?.['done'] === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the standby does not catch up');
}

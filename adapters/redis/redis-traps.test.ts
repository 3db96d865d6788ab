import { execFile } from 'node:child_process';
import { cp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { redisGroup, withoutRedis, type RedisGroup } from '../../test/support/redis-group.ts';
import { layLog, logFolder, MANIFEST } from './server/append-only-file.ts';
import { isolatedServer } from './server/isolated-server.ts';
import { redisReplicatedStore } from './redis-replicated-store.ts';
import { textOf } from './wire/resp.ts';

/** What was seen of Redis 7 on a real server (research: dr.md §3.7, §1.2), each as a test. */
describe.skipIf(withoutRedis !== '')(`Redis 7${withoutRedis}`, { timeout: 20_000 }, () => {
  let group: RedisGroup;
  afterEach(() => group?.[Symbol.asyncDispose]());

  const set = (site: string, key: string, value = '1') => group.client(site, (redis) => redis('SET', key, value));
  const get = async (site: string, key: string) => textOf(await group.client(site, (redis) => redis('GET', key)));
  const admin: RedisGroup['admin'] = (site, use) => group.admin(site, use);
  const stateOf = async (site: string) => (await group.store.observe('shop')).sites.find((each) => each.site === site);

  it('an isolated primary answers NOREPLICAS after min-replicas-max-lag, and only time confirms that', async () => {
    group = await redisGroup({ selfFenceSeconds: 1 });
    await set('north', 'a');
    const first = await group.store.fence('shop', 'north', 1, 'lease-expiry');
    expect(first).toMatchObject({ confirmed: false, selfStopBy: expect.any(Number) });

    await eventually(
      () => group.store.fence('shop', 'north', 1, 'lease-expiry'),
      ({ confirmed }) => confirmed,
      10_000,
      200,
    );
    await expect(set('north', 'b')).rejects.toMatchObject({ code: 'NOREPLICAS' });
    expect(await stateOf('north')).toMatchObject({ reach: 'answers', writes: 'refused' });
    await group.store.start('shop', 'north', 1);
    await eventually(
      () => stateOf('north'),
      (state) => state?.writes === 'accepted',
    );
  });

  it('a primary without selfFenceSeconds never stops by itself, and says so', async () => {
    group = await redisGroup();

    expect(await group.store.fence('shop', 'north', 1, 'lease-expiry')).toMatchObject({
      confirmed: false,
      selfStopBy: undefined,
    });
  });

  it('FAILOVER TO changes the roles and keeps both sides on one stream', async () => {
    group = await redisGroup();
    const south = group.options.sites[1]?.port ?? 0;
    await admin('north', (redis) => redis('FAILOVER', 'TO', '127.0.0.1', south, 'TIMEOUT', 5000));
    const info = await eventually(
      () => admin('north', (redis) => redis.info('replication')),
      (found) => found['role'] === 'slave' && found['master_link_status'] === 'up',
    );

    expect(info['master_failover_state']).toBe('no-failover');
    expect((await admin('south', (redis) => redis.info('stats')))['sync_full']).toBe('0');
  });

  it('CLIENT PAUSE WRITE lets reads through and holds writes', async () => {
    group = await redisGroup();
    await set('north', 'a', 'x');
    await admin('north', (redis) => redis('CLIENT', 'PAUSE', 60_000, 'WRITE'));

    expect(await get('north', 'a')).toBe('x');
    await expect(group.client('north', (redis) => redis('SET', 'a', 'y'), 200)).rejects.toThrow('did not answer');
  });

  it('WAIT says how many standbys have what was written', async () => {
    group = await redisGroup();
    const wrote = (timeoutMs: number) =>
      group.client('north', async (redis) => {
        await redis('SET', 'a', '1');
        return redis('WAIT', 1, timeoutMs);
      });

    expect(await wrote(1400)).toBe(1);
    group.way('north', 'stalled');
    expect(await wrote(50)).toBe(0);
  });

  it('redis-check-aof cuts a copy at a timestamp: what FLUSHALL took is there again', async () => {
    group = await redisGroup();
    await set('north', 'cart:1', 'kept');
    const before = Math.floor(Date.now() / 1000);
    await eventually(
      () => Math.floor(Date.now() / 1000),
      (now) => now > before + 1,
    );
    await group.client('north', (redis) => redis('FLUSHALL'));
    await using restored = await isolatedServer(group.options.folder, undefined, async (data) => {
      await cp(logFolder(join(group.folderOf('north'), 'data')), logFolder(data), { recursive: true });
      const cut = ['--truncate-to-timestamp', String(before), join(logFolder(data), MANIFEST)];
      await promisify(execFile)('redis-check-aof', cut);
    });

    expect(textOf(await restored.use(1000, (redis) => redis('GET', 'cart:1')))).toBe('kept');
  });

  it('BGSAVE tells by rdb_last_bgsave_status and LASTSAVE that it is done', async () => {
    group = await redisGroup();
    const before = await admin('north', (redis) => redis('LASTSAVE'));
    await eventually(
      () => Math.floor(Date.now() / 1000),
      (now) => now > Number(before),
    );
    await admin('north', (redis) => redis('BGSAVE'));
    const info = await eventually(
      () => admin('north', (redis) => redis.info('persistence')),
      (found) => found['rdb_bgsave_in_progress'] === '0',
    );

    expect(info['rdb_last_bgsave_status']).toBe('ok');
    expect(await admin('north', (redis) => redis('LASTSAVE'))).toBeGreaterThan(Number(before));
  });

  it('loads transactions although the user of the clients is off', async () => {
    group = await redisGroup();
    const lines = ['MULTI', 'SET a 1', 'SET b 2', 'EXEC'];
    await group.client('north', (redis) => redis.pipeline(lines.map((line) => line.split(' '))));
    await group.store.fence('shop', 'north', 1, 'isolate');
    await group.store.fence('shop', 'north', 1, 'stop');
    await group.store.start('shop', 'north', 1);

    expect([await get('north', 'a'), await get('north', 'b')]).toEqual(['1', '2']);
  });

  it('a primary that ended cleanly comes back on its stream: the standby copies nothing anew', async () => {
    group = await redisGroup();
    await set('north', 'a', 'x');
    await group.store.stop('shop', 'north', 1);
    await group.store.start('shop', 'north', 1);
    await eventually(
      () => stateOf('south'),
      (state) => state?.stream === 'flowing',
    );

    expect((await admin('north', (redis) => redis.info('stats')))['sync_full']).toBe('0');
    expect(await get('south', 'a')).toBe('x');
  });

  it('an old primary that follows on the strength of its token copies nothing anew', async () => {
    group = await redisGroup();
    await set('north', 'a', 'x');
    const token = await group.store.stop('shop', 'north', 1);
    await group.store.promote('shop', 'south', 1, token);
    await group.store.follow('shop', 'north', 'south', 1, token);

    expect((await admin('south', (redis) => redis.info('stats')))['sync_full']).toBe('0');
  });

  it('clients cannot change what holds the group together', async () => {
    group = await redisGroup();

    for (const line of [
      'CONFIG SET min-replicas-to-write 0',
      'CLIENT UNPAUSE',
      'REPLICAOF NO ONE',
      'SHUTDOWN',
      'DEBUG SLEEP 0',
    ])
      await expect(group.client('north', (redis) => redis(...line.split(' ')))).rejects.toMatchObject({
        code: 'NOPERM',
      });
  });

  it('the ledger does not count what clients changed behind the fork, nor what expired', async () => {
    group = await redisGroup();
    await set('north', 'cart:1', 'both');
    await eventually(
      () => get('south', 'cart:1'),
      (value) => value === 'both',
    );
    group.way('north', 'stalled');
    await group.client('north', (redis) => redis('HSET', 'cart:2', 'b', '2', 'a', '1'));
    await group.client('north', (redis) => redis('SET', 'short:1', 'x', 'PX', 1));
    await group.store.fence('shop', 'north', 1, 'stop');
    const promotion = await group.store.promote('shop', 'south', 1, undefined);
    group.way('north', 'through');
    await set('south', 'cart:1', 'new');
    await set('south', 'cart:3', 'new');
    await pause(2);
    const lost = await group.store.lostWrites('shop', 'north', 1, promotion);

    expect(lost.rows).toEqual([
      {
        table: '0/cart',
        change: 'insert',
        key: { key: 'cart:2' },
        row: { type: 'hash', value: { a: '1', b: '2' } },
      },
    ]);
    expect(lost).toMatchObject({ rowCount: 1, truncated: false, fork: promotion.fork });
    expect(await readdir(join(group.options.folder, 'shop', 'ledgers'))).toEqual([]);
  });

  it('a fence that comes while a primary is started wins', async () => {
    group = await redisGroup();
    await group.store.fence('shop', 'north', 1, 'stop');
    const [started, fenced] = await Promise.allSettled([
      group.store.start('shop', 'north', 1),
      group.store.fence('shop', 'north', 2, 'stop'),
    ]);

    expect(started).toMatchObject({ status: 'rejected', reason: { name: 'Pointsman.LeaseLost' } });
    expect(fenced).toMatchObject({ value: { confirmed: true } });
    expect(await stateOf('north')).toMatchObject({ reach: 'stopped', epoch: 2 });
  });

  it('what an earlier clean stop saved proves nothing of a later end', async () => {
    group = await redisGroup();
    await group.store.stop('shop', 'north', 1);
    await group.store.start('shop', 'north', 1);
    await set('north', 'a');
    group.signal('north', 'SIGKILL');

    await expect(group.store.stop('shop', 'north', 1)).rejects.toMatchObject({ name: 'Pointsman.UncleanStop' });
  });

  it('servers outlive the host: another one finds them, in their roles, with the epoch they were shown', async () => {
    group = await redisGroup();
    await set('north', 'a', 'x');
    await group.store.freeze('shop', 'north', 7);
    const later = redisReplicatedStore(group.options);
    await later.startGroup();

    expect((await later.observe('shop')).sites).toMatchObject([
      { site: 'north', role: 'primary', writes: 'refused', epoch: 7 },
      { site: 'south', role: 'standby', follows: 'north', stream: 'flowing' },
    ]);
    await expect(later.thaw('shop', 'north', 6)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
  });

  it('a group that was ended comes back with all it had; a fenced primary stays down', async () => {
    group = await redisGroup();
    await set('north', 'a', 'x');
    await group.store.endGroup();
    await group.store.startGroup();
    expect(await get('south', 'a')).toBe('x');
    await group.store.fence('shop', 'north', 1, 'stop');
    await group.store.promote('shop', 'south', 1, undefined);
    await group.store.startGroup();

    expect((await group.store.observe('shop')).sites).toMatchObject([
      { site: 'north', reach: 'stopped', writes: 'refused' },
      { site: 'south', reach: 'answers', role: 'primary', writes: 'accepted' },
    ]);
  });

  it('looks at a group of which everything hangs within 2 seconds', async () => {
    group = await redisGroup();
    for (const site of ['north', 'south']) group.signal(site, 'SIGSTOP');
    const limit = AbortSignal.timeout(2000);
    const { sites } = await group.store.observe('shop');
    for (const site of ['north', 'south']) group.signal(site, 'SIGCONT');

    expect(limit.aborted).toBe(false);
    expect(sites.map(({ reach }) => reach)).toEqual(['silent', 'silent']);
  });

  it('keeps secrets out of everybody else’s reach', async () => {
    group = await redisGroup();

    for (const path of [
      join(group.folderOf('north'), 'redis.conf'),
      join(group.options.folder, 'shop', 'admin-password'),
    ])
      expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readFile(join(group.folderOf('north'), 'redis.conf'), 'utf8')).not.toContain('not a:');
  });

  it('does not load what is no RDB file, and says so', async () => {
    group = await redisGroup();
    const broken = isolatedServer(group.options.folder, undefined, (data) =>
      layLog(data, async (path) => writeFile(path, 'no RDB file'), []),
    );

    await expect(broken).rejects.toThrow();
  });
});

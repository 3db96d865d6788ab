import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { endSharedServers, redisBackupWorld, type RedisBackupWorld } from '../../../test/support/redis-backup-world.ts';
import { withoutRedis } from '../../../test/support/redis-group.ts';
import { textOf } from '../wire/resp.ts';

describe.skipIf(withoutRedis !== '')(`backups of Redis${withoutRedis}`, { timeout: 20_000 }, () => {
  let world: RedisBackupWorld;
  beforeEach(async () => {
    world = await redisBackupWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());
  afterAll(endSharedServers);

  const take = (id: string) =>
    world.engine.take({ id, group: 'shop', site: 'north', kind: 'full', parent: null, epoch: 1 });
  const restore = async (backup: string, target: Parameters<typeof world.engine.restore>[0]['target']) => {
    const branch = (await world.engine.branches('shop', 'north'))[0]?.branch ?? '';
    return world.engine.restore({ group: 'shop', site: 'north', backup, target, branch, scratch: 'scratch' });
  };
  const rows = async () =>
    (await world.engine.inspect('shop', 'scratch')).tables.map(({ name, rows: count }) => [name, count]);

  for (const kind of ['missing-segment', 'cut-archive'] as const)
    it(`a ${kind} behind a backup is found, and no restore crosses it`, async () => {
      await world.write([1]);
      const { proof } = await take('one');
      await world.write([2]);
      await world.write([3]);
      await world.damage?.(kind, 'one', 'north');

      expect(await world.engine.verify('shop', 'one', 'north')).toMatchObject({ intact: false });
      await expect(restore('one', { kind: 'latest' })).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
      await restore('one', { kind: 'position', position: proof?.at ?? { branch: '', offset: '' } });
      expect(await rows()).toEqual([['0/entries', 1]]);
    });

  it('a file that was gone before it was archived is a hole that no restore crosses', async () => {
    await world.write([1]);
    await take('one');
    await world.write([2]);
    await rm(join(world.servers.folderOf('north'), 'spool'), { recursive: true });
    await world.servers.client('north', (redis) => redis('SET', 'entries:3', 'never archived'));
    await world.servers.admin('north', (redis) => redis('BGREWRITEAOF'));
    await eventually(
      () => world.servers.admin('north', (redis) => redis.info('persistence')),
      (info) => info['aof_rewrite_in_progress'] === '0',
    );
    await take('two');
    await world.write([4]);

    await expect(restore('one', { kind: 'latest' })).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
    await restore('two', { kind: 'latest' });
    expect(await rows()).toEqual([['0/entries', 4]]);
  });

  it('refuses incremental backups by name', async () => {
    const order = { id: 'two', group: 'shop', site: 'north', kind: 'incremental', parent: 'one', epoch: 1 } as const;

    await expect(world.engine.take(order)).rejects.toMatchObject({
      name: 'Pointsman.NoParent',
      message: expect.stringContaining('take a full one'),
    });
  });

  it('are taken where the primary is', async () => {
    const order = { id: 'one', group: 'shop', site: 'south', kind: 'full', parent: null, epoch: 1 } as const;

    await expect(world.engine.take(order)).rejects.toMatchObject({ name: 'Pointsman.NotPrimary' });
  });

  it('keep changes that Redis rewrote away between two looks at it', async () => {
    await world.write([1]);
    await take('one');
    await world.write([2]);
    await take('two');
    const at = await world.write([3]);
    await world.write([4]);
    await restore('one', { kind: 'moment', at });

    expect(await rows()).toEqual([['0/entries', 3]]);
  });

  it('bring back every type, database and expiry', async () => {
    await world.write([1]);
    await take('one');
    await world.servers.client('north', (redis) =>
      redis.pipeline([
        ['HSET', 'h:1', 'a', '1'],
        ['RPUSH', 'l:1', 'a', 'b'],
        ['SADD', 's:1', 'b', 'a'],
        ['ZADD', 'z:1', 2, 'b'],
        ['XADD', 'x:1', '*', 'a', '1'],
        ['SET', 'e:1', 'x', 'EX', 3600],
        ['SELECT', 3],
        ['SET', 'k', Buffer.from([0, 255, 13, 10])],
      ]),
    );
    await world.write([2]);
    const held = await world.contents();
    await restore('one', { kind: 'latest' });

    expect(await world.engine.inspect('shop', 'scratch')).toEqual(held);
    expect(held.tables.map(({ name }) => name)).toContain('3/');
  });

  it('are sealed: nothing of what clients wrote can be read in a vault', async () => {
    await world.servers.client('north', (redis) => redis('SET', 'secret:1', 'a needle in the hay'));
    await world.write([1]);
    await take('one');
    await world.servers.client('north', (redis) => redis('SET', 'secret:2', 'a needle in the hay'));
    await world.write([2]);
    const { execFileSync } = await import('node:child_process');

    expect(() => execFileSync('grep', ['-rq', 'needle', world.vaultOf('north')])).toThrow();
    expect(textOf(await world.servers.client('north', (redis) => redis('GET', 'secret:2')))).toContain('needle');
  });
});

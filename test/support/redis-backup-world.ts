import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { redisBackupEngine, type RedisBackupEngine } from '../../adapters/redis/backups/redis-backup-engine.ts';
import { RedisFailure } from '../../adapters/redis/wire/resp.ts';
import type { BackupWorld } from '../contracts/backup-engine.ts';
import { redisGroup, type RedisGroup } from './redis-group.ts';

/** A group of real servers and vaults of its own; the servers are shared by worlds as long as none was promoted. */
export interface RedisBackupWorld extends BackupWorld, AsyncDisposable {
  readonly engine: RedisBackupEngine;
  readonly servers: RedisGroup;
  /** Folder of a site's vault. */
  vaultOf(site: string): string;
}

let shared: RedisGroup | undefined;

export async function redisBackupWorld(): Promise<RedisBackupWorld> {
  const servers = shared ?? (await redisGroup({ settings: { appendfsync: 'no' } }));
  shared = servers;
  let primary = 'north';
  await servers.client(primary, (redis) => redis('FLUSHALL'));
  const folder = await mkdtemp(join(servers.options.folder, 'world-'));
  const vaultOf = (site: string) => join(folder, site);
  const keys = new Map(['north', 'south'].map((site) => [site, newKey()]));
  const locks = new Map<string, number>();
  const vault = (site: string) => ({
    folder: vaultOf(site),
    key: async () => keys.get(site) ?? newKey(),
    get lockMs() {
      return locks.get(site) ?? 0;
    },
  });
  const engine = redisBackupEngine({
    group: servers.options,
    vaults: { north: vault('north'), south: vault('south') },
    scratch: join(folder, 'scratch'),
    clock: Date,
  });
  /** Twice: only what is archived by a moment is known to be from before it. */
  const archived = async () => {
    await engine.archive();
    await engine.archive();
    return (await engine.branches('shop', primary)).at(-1)?.to ?? Date.now();
  };
  const write = async (ids: readonly number[]) => {
    const replies = await servers.client(primary, (redis) =>
      redis.pipeline([['MULTI'], ...ids.map((id) => ['SET', `entries:${id}`, `value ${id}`]), ['EXEC']]),
    );
    const refused = replies.find((reply) => reply instanceof RedisFailure);
    if (refused instanceof Error) throw refused;
    return archived();
  };
  return {
    engine,
    servers,
    vaultOf,
    group: 'shop',
    primary: 'north',
    other: 'south',
    write,
    contents: () => servers.store.contents('shop', primary),
    async failOver(lost) {
      shared = undefined; // nobody else's from now on
      const end = (await servers.store.observe('shop')).sites.find(({ site }) => site === 'north')?.received;
      if (end !== undefined) await servers.store.reached('shop', 'south', end, 2000);
      servers.way('north', 'stalled');
      const at = await write(lost);
      for (const { id } of await engine.list('shop', 'north')) await engine.copy('shop', id, 'north', 'south');
      await servers.store.fence('shop', 'north', 1, 'stop');
      await servers.store.promote('shop', 'south', 1, undefined);
      servers.way('north', 'through');
      primary = 'south';
      await archived();
      return { site: 'south', at };
    },
    async damage(kind, id, site) {
      const own = join(vaultOf(site), 'backups', id);
      if (kind === 'flipped-byte') await flipByte(join(own, 'base.rdb.sealed'));
      else if (kind === 'missing-manifest') await rm(join(own, 'manifest.json'));
      else if (kind === 'wrong-key') keys.set(site, newKey());
      else {
        const changes = join(vaultOf(site), 'changes');
        const [branch = ''] = await readdir(changes);
        const newest = (await readdir(join(changes, branch)))
          .filter((name) => name.endsWith('.sealed'))
          .toSorted()
          .at(-1);
        const path = join(changes, branch, newest ?? '');
        if (kind === 'missing-segment') return rm(path);
        const file = await open(path, 'r+');
        await file.truncate(Math.floor((await stat(path)).size / 2));
        await file.close();
      }
      return undefined;
    },
    lock: async (site) => void locks.set(site, 3_600_000),
    async [Symbol.asyncDispose]() {
      const scratch = (await readdir(join(folder, 'scratch')).catch(() => [])).filter((name) =>
        name.startsWith('restored-'),
      );
      for (const name of scratch) await engine.destroy('shop', name.slice('restored-'.length));
      if (shared === servers) await rm(folder, { recursive: true });
      else await servers[Symbol.asyncDispose]();
    },
  };
}

/** Ends the servers that worlds shared. */
export async function endSharedServers(): Promise<void> {
  await shared?.[Symbol.asyncDispose]();
  shared = undefined;
}

const newKey = () => ({ bytes: randomBytes(32), id: randomBytes(8).toString('hex') });

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const at = Math.floor((await file.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  await file.close();
}

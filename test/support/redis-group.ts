import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisReplicatedStore, type RedisReplicatedStore } from '../../adapters/redis/redis-replicated-store.ts';
import { redisServer } from '../../adapters/redis/server/redis-server.ts';
import type { RedisGroupOptions, RedisSiteOptions } from '../../adapters/redis/store/group-options.ts';
import { redisSession, type Redis } from '../../adapters/redis/wire/redis-session.ts';
import { freePort } from '../../adapters/shared/free-port.ts';
import { tcpSwitch, type TcpSwitch } from './tcp-switch.ts';

/** Why suites of Redis are skipped here; empty where they run. */
export const withoutRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? ''
    : ': skipped, redis-server is not on this machine (scripts/install-suites.sh)';

export const sites = ['north', 'south'] as const;

/** A group of real servers, with everything that can happen to them. */
export interface RedisGroup extends AsyncDisposable {
  readonly store: RedisReplicatedStore;
  readonly options: RedisGroupOptions;
  folderOf(site: string): string;
  /** As a client of the site itself. */
  client<T>(site: string, use: (redis: Redis) => Promise<T>, withinMs?: number): Promise<T>;
  /** As the adapter's own user. */
  admin<T>(site: string, use: (redis: Redis) => Promise<T>): Promise<T>;
  signal(site: string, signal: NodeJS.Signals): void;
  /** Of the way from other sites to this one. */
  way(site: string, mode: 'through' | 'cut' | 'stalled'): void;
}

export async function redisGroup(wishes: Partial<RedisGroupOptions> = {}): Promise<RedisGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-redis-'));
  const taken = new Set<number>();
  const switches = new Map<string, TcpSwitch>();
  const placed: RedisSiteOptions[] = [];
  for (const name of sites) {
    const port = await freePort(taken);
    taken.add(port);
    const way = await tcpSwitch(() => port);
    switches.set(name, way);
    placed.push({ name, port, reachedAt: way.port });
  }
  const options: RedisGroupOptions = {
    folder,
    group: 'shop',
    sites: placed,
    password: async () => 'not a: "secret"',
    ...wishes,
  };
  const store = redisReplicatedStore(options);
  const folderOf = (site: string) => join(folder, 'shop', site);
  const serverOf = (site: string) =>
    redisServer({ data: join(folderOf(site), 'data'), config: '', log: join(folderOf(site), 'redis.log') });
  const group: RedisGroup = {
    store,
    options,
    folderOf,
    async client(site, use, withinMs = 1500) {
      const port = placed.find(({ name }) => name === site)?.port ?? 0;
      return redisSession({ port, user: 'default', password: (await options.password?.()) ?? '' }, withinMs, use);
    },
    async admin(site, use) {
      const password = (await readFile(join(folder, 'shop', 'admin-password'), 'utf8')).trim();
      const port = placed.find(({ name }) => name === site)?.port ?? 0;
      return redisSession({ port, user: 'pointsman', password }, 5000, use);
    },
    signal(site, signal) {
      const pid = serverOf(site).pid();
      if (pid !== undefined) process.kill(pid, signal);
    },
    way: (site, mode) => switches.get(site)?.set(mode),
    async [Symbol.asyncDispose]() {
      for (const site of sites) await serverOf(site).kill();
      await store.endGroup();
      for (const way of switches.values()) await way[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await store.startGroup();
  } catch (error) {
    await group[Symbol.asyncDispose]();
    throw error;
  }
  return group;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { redisBackupEngine } from './redis/backups/redis-backup-engine.ts';
import { redisReplicatedStore } from './redis/redis-replicated-store.ts';
import type { RedisStoreSettings } from './redis/redis-configuration.ts';
import type { GroupParts, ProtectedGroup } from './protected-groups.ts';
import { secretReference } from './notify/index.ts';
import { readSiteKey } from './shared/vault/site-key.ts';

/** Redis servers on this machine as a protected group, laid out below the data folder like PostgreSQL's. */
export function redisGroup(
  { group, sites, ports, dataFolder, clock }: GroupParts,
  wanted: RedisStoreSettings,
): ProtectedGroup {
  const folder = join(dataFolder, 'groups');
  const options = {
    folder,
    group,
    sites: Object.keys(sites).map((name) => ({ name, port: ports[name] ?? 0 })),
    ...(wanted.password === undefined ? {} : { password: secretReference(wanted.password) }),
    ...(wanted.program === undefined ? {} : { program: wanted.program }),
    ...(wanted.selfFenceSeconds === undefined ? {} : { selfFenceSeconds: wanted.selfFenceSeconds }),
    settings: wanted.settings,
  };
  const store = redisReplicatedStore(options);
  const backups = redisBackupEngine({
    group: options,
    vaults: Object.fromEntries(
      Object.entries(sites).map(([site, { key, lockHours }]) => [
        site,
        {
          folder: join(dataFolder, 'vaults', site, group),
          key: async () => readSiteKey(key, await secretReference(key)()),
          ...(lockHours === undefined ? {} : { lockMs: lockHours * 3_600_000 }),
        },
      ]),
    ),
    scratch: join(folder, 'scratch', group),
    clock,
  });
  return {
    store,
    backups,
    ports,
    start: () => store.startGroup(),
    accompany: () => backups.archive(),
    end: async () => (existsSync(join(folder, group)) ? store.endGroup() : undefined), // one that was never made
  };
}

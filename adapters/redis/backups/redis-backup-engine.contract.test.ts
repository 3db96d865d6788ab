import { afterAll, describe } from 'vitest';
import { backupEngineContract } from '../../../test/contracts/backup-engine.ts';
import { endSharedServers, redisBackupWorld, type RedisBackupWorld } from '../../../test/support/redis-backup-world.ts';
import { withoutRedis } from '../../../test/support/redis-group.ts';

const noIncrementals = 'Redis has no incremental backups';
const nothingToReplay = 'a backup of Redis needs no changes for itself: redis-backups.test.ts damages those behind it';

describe.skipIf(withoutRedis !== '')(`Redis${withoutRedis}`, () => {
  let world: RedisBackupWorld | undefined;
  afterAll(endSharedServers);
  backupEngineContract({
    name: 'redisBackupEngine',
    timeoutMs: 20_000,
    async setup() {
      world = await redisBackupWorld();
      return world;
    },
    teardown: async () => world?.[Symbol.asyncDispose](),
    skips: {
      'takes an incremental that restores with what it stands on': noIncrementals,
      'says from where on it can be restored, and of which history': noIncrementals,
      'brings the chain and the changes that a restore needs': noIncrementals,
      'finds a whole chain intact': noIncrementals,
      'finds an incremental damaged whose parent is': noIncrementals,
      'refuses to remove what another backup stands on': noIncrementals,
      'finds a missing-segment, and no restore looks well': nothingToReplay,
      'finds a cut-archive, and no restore looks well': nothingToReplay,
    },
  });
});

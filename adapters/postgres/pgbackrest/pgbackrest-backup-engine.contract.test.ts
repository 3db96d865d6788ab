import { describe } from 'vitest';
import { backupEngineContract } from '../../../test/contracts/backup-engine.ts';
import { pgBackRestBackupWorld, withoutPgBackRest } from '../../../test/support/pgbackrest-backup-world.ts';

describe.skipIf(withoutPgBackRest !== '')(`with pgBackRest${withoutPgBackRest}`, () => {
  backupEngineContract({
    name: 'PostgreSQL by pgBackRest',
    setup: pgBackRestBackupWorld,
    timeoutMs: 120_000,
  });
});

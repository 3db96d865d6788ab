import { backupEngineContract } from '../../../test/contracts/backup-engine.ts';
import { postgresBackupWorld } from '../../../test/support/postgres-backup-world.ts';

backupEngineContract({ name: 'PostgreSQL', setup: postgresBackupWorld, timeoutMs: 60_000 });

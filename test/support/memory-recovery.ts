import { backupsByGroup, type GroupAdapters, storesByGroup } from '../../adapters/by-group.ts';
import { memoryBackupCatalog } from '../../adapters/memory/backup-catalog.ts';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { memoryWriteEndpoint } from '../../adapters/memory/write-endpoint.ts';
import type { RecoveryPorts } from '../../functions/ports/ports.ts';

/** The ports of recovery in memory; without groups unless some are given. */
export const memoryRecovery = (groups: ReadonlyMap<string, GroupAdapters> = new Map()): RecoveryPorts => ({
  backups: backupsByGroup(groups),
  catalog: memoryBackupCatalog(),
  endpoint: memoryWriteEndpoint(),
  plans: memoryRecoveryPlans(),
  runs: memoryRecoveryRuns(),
  store: storesByGroup(groups),
});

import type { Clock } from '../../../functions/ports/clock.ts';
import type { BackupEngine } from '../../../functions/ports/recovery/backup-engine.ts';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import type { ReplicatedStore } from '../../../functions/ports/recovery/replicated-store.ts';
import { auroraTopology } from './aurora-topology.ts';
import { clusters } from './clusters.ts';
import type { DataAccess } from './data-access.ts';
import { instanceTopology } from './instance-topology.ts';
import { instances } from './instances.ts';
import type { RdsContext } from './rds-context.ts';
import { rdsRegions } from './rds-regions.ts';
import { rdsReplicatedStore } from './rds-replicated-store.ts';
import type { AuroraSettings, RdsSettings } from './rds-settings.ts';
import { snapshotBackupEngine } from './snapshot-backup-engine.ts';

export type { DataAccess } from './data-access.ts';

export interface RdsGroup {
  readonly store: ReplicatedStore;
  readonly backups: BackupEngine;
  close(): void;
}

/** The adapters of one group on RDS or Aurora. Import this file only for a group that is: it loads the SDK. */
export function rdsGroup(
  group: GroupName,
  settings: RdsSettings | AuroraSettings,
  clock: Clock,
  data?: DataAccess,
): RdsGroup {
  const regions = rdsRegions(settings.endpoint);
  const api = settings.type === 'rds' ? instances(regions) : clusters(regions, settings.instanceClass);
  const context: RdsContext = { group, settings, regions, api, clock, data };
  const topology =
    settings.type === 'rds'
      ? instanceTopology(context, settings.backupRetentionDays)
      : auroraTopology(context, settings.globalCluster);
  return {
    store: rdsReplicatedStore(context, topology),
    backups: snapshotBackupEngine(context),
    close: regions.close,
  };
}

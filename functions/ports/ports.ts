import type { Clock } from './clock.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { Leases } from './leases.ts';
import type { Notifier } from './notifier.ts';
import type { BackupCatalog } from './recovery/backup-catalog.ts';
import type { BackupEngine } from './recovery/backup-engine.ts';
import type { RecoveryPlans } from './recovery/recovery-plans.ts';
import type { RecoveryRuns } from './recovery/recovery-runs.ts';
import type { ReplicatedStore } from './recovery/replicated-store.ts';
import type { WriteEndpoint } from './recovery/write-endpoint.ts';
import type { ReleaseLedger } from './release-ledger.ts';
import type { ReleaseTarget } from './release-target.ts';
import type { RunOrders } from './run-orders.ts';
import type { TrafficRouter } from './traffic-router.ts';

/** All that step functions may need of the world. Each names the few it uses. */
export interface Ports extends RecoveryPorts {
  readonly clock: Clock;
  readonly images: ImageRegistry;
  readonly leases: Leases;
  readonly ledger: ReleaseLedger;
  readonly notifier: Notifier;
  readonly orders: RunOrders;
  readonly router: TrafficRouter;
  readonly target: ReleaseTarget;
}

/** What recovery needs beside them, of all protected groups. */
export interface RecoveryPorts {
  readonly backups: BackupEngine;
  readonly catalog: BackupCatalog;
  readonly endpoint: WriteEndpoint;
  readonly plans: RecoveryPlans;
  readonly runs: RecoveryRuns;
  readonly store: ReplicatedStore;
}

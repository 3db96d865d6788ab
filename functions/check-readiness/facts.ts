import type { BackupRecord } from '../ports/recovery/backup-catalog.ts';
import type { Lease } from '../ports/leases.ts';
import type { SiteName } from '../ports/recovery/position.ts';
import type { RecoveryPlan } from '../ports/recovery/recovery-plans.ts';
import type { RecoveryRun } from '../ports/recovery/recovery-runs.ts';
import type { GroupState, SiteState } from '../ports/recovery/replicated-store.ts';
import type { EndpointState } from '../ports/recovery/write-endpoint.ts';
import type { ExposureNow, RecoveryMode } from './readiness.ts';

/** All that was read for one look at a group. `Error` in the place of what could not be read. */
export interface Facts {
  readonly mode: RecoveryMode;
  readonly owner: string | null;
  readonly to: SiteName | null;
  readonly plan: RecoveryPlan;
  readonly state: GroupState;
  readonly endpoint: EndpointState | Error;
  readonly backups: readonly BackupRecord[] | Error;
  /** Newest first. */
  readonly runs: readonly RecoveryRun[];
  readonly lease: Lease | undefined;
  readonly backupLease: Lease | undefined;
  readonly primary: SiteState | undefined;
  readonly candidates: readonly SiteState[];
  readonly exposure: ExposureNow | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

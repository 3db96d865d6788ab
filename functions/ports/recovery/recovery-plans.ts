import type { GroupName, SiteName } from './position.ts';

/** What people decided beforehand about a protected group. */
export interface RecoveryPlan {
  readonly group: GroupName;
  /** Hash of all that follows; an approval is for one version. */
  readonly version: string;
  /** In the order in which they are preferred; the first is home. */
  readonly sites: readonly SiteName[];
  /** Services that stand on the group. */
  readonly services: readonly string[];
  readonly objectives: {
    /** From the last good answer to the first write at the new place. */
    readonly rtoSeconds: number;
    /** Most that a failover may lose. */
    readonly rpoSeconds: number;
    readonly rpoBytes: number;
  };
  /** How long a switchover may keep writes waiting until it gives up and nothing was lost. */
  readonly catchUpSeconds: number;
  /** A restore must have been proven within this. */
  readonly verifiedWithinHours: number;
  readonly backup: BackupPlan;
}

export interface BackupPlan {
  /** Every how many backups is a full one; 1: all. */
  readonly fullEvery: number;
  /** Sites that get a copy, beside the one it is taken at. */
  readonly copyTo: readonly SiteName[];
  readonly retention: Retention;
}

/** A backup is kept while any of these wants it. */
export interface Retention {
  readonly last: number;
  /** Newest of each of the last N hours, days, ISO weeks, months, years. */
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
  /** IANA name in which days begin: `Europe/Zurich`. */
  readonly timeZone: string;
  readonly minimumAgeHours: number;
}

export interface RecoveryPlans {
  /** Of a staged rehearsal: the plan of the group it rehearses. @throws StepFailure `Pointsman.NoSuchGroup` naming those there are */
  read(group: GroupName): Promise<RecoveryPlan>;
  list(): Promise<readonly GroupName[]>;
}

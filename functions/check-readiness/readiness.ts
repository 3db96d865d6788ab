import type { SiteName } from '../ports/recovery/position.ts';
import type { RecoveryPlan } from '../ports/recovery/recovery-plans.ts';

/** What a run is about to do: `failback` needs a healthy primary away from home. */
export type RecoveryMode = 'switchover' | 'failover' | 'failback';

/** One question of the pre-flight, answered. */
export interface Check {
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail' | 'unknown';
  /** What was seen, in words. */
  readonly evidence: string;
  /** How old what was seen is. */
  readonly ageSeconds: number;
}

/** What would be lost if the best candidate took over now; null where it cannot be told. */
export interface ExposureNow {
  readonly site: SiteName;
  readonly bytes: string;
  readonly seconds: number;
  readonly commits: number | null;
}

export interface Forecast {
  /** Median of what such runs took here, from the last good answer to the first write; null: none was measured. */
  readonly seconds: number | null;
  readonly runs: number;
  readonly exposure: ExposureNow | null;
  /** `fail over now: about 4 s, loses 3 commits` */
  readonly text: string;
}

/** A failover whose lost rows were not read yet, because the old data could not be reached. */
export interface PendingLedger {
  readonly execution: string;
  readonly site: SiteName;
  readonly promotion: unknown;
}

/** Everything a person, or a workflow, needs to know before a run. */
export interface Readiness {
  readonly group: string;
  readonly mode: RecoveryMode;
  /** `not-ready` when any check fails. */
  readonly verdict: 'ready' | 'not-ready';
  readonly checks: readonly Check[];
  /** Names of the independent signs that the primary is lost. */
  readonly signals: readonly string[];
  /** Over plan version, mode and the facts that decide, not over what fluctuates; an approval is bound to it. */
  readonly hash: string;
  readonly planVersion: string;
  readonly primary: SiteName | null;
  /** The first of the group's sites. */
  readonly home: SiteName;
  /** Who can take over, the best first. */
  readonly candidates: readonly SiteName[];
  readonly forecast: Forecast;
  readonly plan: Pick<RecoveryPlan, 'objectives' | 'catchUpSeconds'>;
  readonly pendingLedger: PendingLedger | null;
  /** Last moment at which a client is known to have been served, milliseconds since 1970; null: not known. */
  readonly lastGood: number | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

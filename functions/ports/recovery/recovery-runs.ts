import type { GroupName, SiteName } from './position.ts';
import type { FenceResult, LostWrites, SwitchoverToken } from './replicated-store.ts';

/**
 * Moments of a run, milliseconds since 1970; null: not reached. RTO is `firstWrite` − `lastGood`.
 */
export interface RunStamps {
  /** t0, the last good answer or the moment writes were held. */
  readonly lastGood: number | null;
  /** t1 */
  readonly detected: number | null;
  /** t2 */
  readonly approved: number | null;
  /** t3 */
  readonly fenced: number | null;
  /** t4 */
  readonly promoted: number | null;
  /** t5, through the endpoint. */
  readonly firstWrite: number | null;
  /** t6, replication or clients are well again. */
  readonly settled: number | null;
}

/** What became of a backup, restore, drill, switchover, failover or failback; kept for ever. */
export interface RecoveryRun {
  /** ARN of the execution. One record for each; writing it again replaces it. */
  readonly execution: string;
  readonly group: GroupName;
  readonly kind: 'backup' | 'restore' | 'restore-drill' | 'switchover' | 'failover' | 'failback' | 'failover-drill';
  readonly outcome: 'done' | 'aborted' | 'refused' | 'failed';
  readonly reason: string;
  readonly from: SiteName | null;
  readonly to: SiteName | null;
  readonly epoch: number;
  readonly planVersion: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly stamps: RunStamps;
  /** Planned and actual; null: does not apply. */
  readonly rtoSeconds: { readonly planned: number; readonly actual: number | null } | null;
  readonly rpo: {
    readonly plannedSeconds: number;
    readonly lostBytes: string | null;
    readonly lostCommits: number | null;
    readonly lostRows: number | null;
  } | null;
  readonly token: SwitchoverToken | null;
  readonly fences: readonly FenceResult[];
  readonly lost: LostWrites | null;
  /** Who approved what and which rules were set aside, in words with names. */
  readonly approvals: readonly string[];
  readonly overrides: readonly string[];
  /** Whatever else a kind has to tell: checks, verification, restored position, backup ids. JSON. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RecoveryRuns {
  record(run: RecoveryRun): Promise<void>;
  read(execution: string): Promise<RecoveryRun | undefined>;
  /** Newest first. */
  list(group: GroupName, limit: number): Promise<readonly RecoveryRun[]>;
}

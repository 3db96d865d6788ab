import type { RecoveryRun } from '../../functions/ports/recovery/recovery-runs.ts';

/** A failover that is done and whose lost rows were not read yet. */
export const recordedRun: RecoveryRun = {
  execution: 'arn:failover',
  group: 'shop',
  kind: 'failover',
  outcome: 'done',
  reason: 'south is the primary; what was lost is not counted yet',
  from: 'north',
  to: 'south',
  epoch: 1,
  planVersion: 'plan-1',
  startedAt: 0,
  endedAt: 4000,
  stamps: { lastGood: 0, detected: 0, approved: 1, fenced: 2, promoted: 3, firstWrite: 4000, settled: null },
  rtoSeconds: { planned: 30, actual: 4 },
  rpo: { plannedSeconds: 5, lostBytes: null, lostCommits: null, lostRows: null },
  token: null,
  fences: [],
  lost: null,
  approvals: [],
  overrides: [],
  details: { promotion: { site: 'south', fork: { branch: '1', offset: '0' }, branch: '2', at: 3 } },
};

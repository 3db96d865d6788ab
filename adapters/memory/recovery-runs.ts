import type { RecoveryRun, RecoveryRuns } from '../../functions/ports/recovery/recovery-runs.ts';

/** Runs that are forgotten with the process. */
export function memoryRecoveryRuns(): RecoveryRuns {
  const runs = new Map<string, RecoveryRun>();
  return {
    record: async (run) => void runs.set(run.execution, run),
    read: async (execution) => runs.get(execution),
    list: async (group, limit) =>
      runs
        .values()
        .filter((run) => run.group === group)
        .toArray()
        .toSorted((a, b) => b.endedAt - a.endedAt)
        .slice(0, limit),
  };
}

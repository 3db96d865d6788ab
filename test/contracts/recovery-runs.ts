import { describe, expect, it } from 'vitest';
import type { RecoveryRun, RecoveryRuns } from '../../functions/ports/recovery/recovery-runs.ts';

/** What `RecoveryRuns` promises, sentence by sentence. Every implementation runs it. */
export function recoveryRunsContract(name: string, create: () => Promise<RecoveryRuns>): void {
  describe(`${name} as RecoveryRuns`, () => {
    it('lists the runs of a group, newest first, up to the limit', async () => {
      const runs = await create();
      for (const number of [1, 2, 3]) await runs.record(runOf(number));
      await runs.record({ ...runOf(4), group: 'mail' });

      expect(await runs.list('shop', 2)).toEqual([runOf(3), runOf(2)]);
      expect(await runs.list('nothing', 2)).toEqual([]);
    });

    it('reads the run of an execution, the newest that was written of it', async () => {
      const runs = await create();
      await runs.record(runOf(1));
      await runs.record({ ...runOf(1), outcome: 'failed', endedAt: 9 });

      expect(await runs.read(runOf(1).execution)).toEqual({ ...runOf(1), outcome: 'failed', endedAt: 9 });
      expect(await runs.read('another')).toBeUndefined();
    });
  });
}

const runOf = (number: number): RecoveryRun => ({
  execution: `arn:aws:states:us-east-1:000000000000:execution:switchover:${number}`,
  group: 'shop',
  kind: 'switchover',
  outcome: 'done',
  reason: 'asked for',
  from: 'north',
  to: 'south',
  epoch: number,
  planVersion: 'a1',
  startedAt: 1000 * number,
  endedAt: 1000 * number + 500,
  stamps: {
    lastGood: 1000 * number,
    detected: null,
    approved: null,
    fenced: null,
    promoted: null,
    firstWrite: null,
    settled: null,
  },
  rtoSeconds: { planned: 30, actual: 0.3 },
  rpo: { plannedSeconds: 5, lostBytes: '0', lostCommits: 0, lostRows: 0 },
  token: null,
  fences: [],
  lost: null,
  approvals: ['operator: quarterly exercise'],
  overrides: [],
  details: {},
});

import { describe, expect, it } from 'vitest';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { planOf } from '../../test/support/recovery-world.ts';
import { recordRun } from './handler.ts';

const ports = () => ({
  clock: { now: () => 9000 },
  plans: memoryRecoveryPlans(new Map([['shop', planOf('shop', ['north', 'south'])]])),
  runs: memoryRecoveryRuns(),
});
const least = { execution: 'arn', group: 'shop', outcome: 'done', reason: 'well', epoch: 3, startedAt: 1000 };
const run = (input: object, world = ports()) => recordRun.run(recordRun.read({ ...least, ...input }), world, idleCall);

describe('recordRun', () => {
  it('sets what it took beside what was planned', async () => {
    const world = ports();
    const stamps = { lastGood: 1000, firstWrite: 5000 };

    expect(await run({ kind: 'failover', stamps, loss: { bytes: '96', commits: 1 } }, world)).toEqual({
      rtoSeconds: { planned: 30, actual: 4 },
      rpo: { plannedSeconds: 5, lostBytes: '96', lostCommits: 1, lostRows: null },
    });
    expect(await world.runs.read('arn')).toMatchObject({ endedAt: 9000, stamps: { ...stamps, settled: null } });
  });

  it('counts no row where no byte was lost', async () => {
    expect((await run({ kind: 'switchover', loss: { bytes: '0', commits: 0 } })).rpo).toMatchObject({ lostRows: 0 });
  });

  it('has no actual time when it never came to a first write', async () => {
    expect((await run({ kind: 'switchover', outcome: 'aborted' })).rtoSeconds).toEqual({ planned: 30, actual: null });
  });

  it('measures neither for what moves nothing', async () => {
    expect(await run({ kind: 'backup' })).toEqual({ rtoSeconds: null, rpo: null });
  });

  it('records a run that never got the lease', async () => {
    const world = ports();
    await run({ kind: 'switchover', outcome: 'refused', epoch: 0 }, world);

    expect(await world.runs.read('arn')).toMatchObject({ outcome: 'refused', epoch: 0 });
  });
});

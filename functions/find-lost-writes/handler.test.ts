import { describe, expect, it } from 'vitest';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { recordedRun } from '../../test/support/recorded-run.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { findLostWrites } from './handler.ts';

async function failedOver(rows: number, value = 'x') {
  const world = await modelWorld();
  world.store.hold('south', 'sent');
  for (let id = 1; id <= rows; id++) await world.store.write('shop', 'north', [{ change: 'insert', id, value }]);
  world.store.kill('north');
  const promotion = await world.store.promote('shop', 'south', 1, undefined);
  const runs = memoryRecoveryRuns();
  const input = { group: 'shop', site: 'north', epoch: 1, promotion, execution: null };
  return { runs, find: (more = {}) => findLostWrites.run({ ...input, ...more }, { ...world, runs }, idleCall) };
}

describe('findLostWrites', () => {
  it('lists what was acknowledged and never sent', async () => {
    const { find } = await failedOver(3);

    expect(await find()).toMatchObject({ rowCount: 3, truncated: false, bytes: '288' });
  });

  it('leaves out rows that a workflow cannot carry, counts them all and says so', async () => {
    const { find } = await failedOver(300, 'x'.repeat(1000));
    const lost = await find();

    expect(lost).toMatchObject({ rowCount: 300, truncated: true });
    expect(lost.rows.length).toBeGreaterThan(100);
    expect(JSON.stringify(lost).length).toBeLessThan(200_000);
  });

  it('completes the record of a failover that could not count, with every row', async () => {
    const { runs, find } = await failedOver(300, 'x'.repeat(1000));
    await runs.record(recordedRun);
    await find({ execution: recordedRun.execution });
    const run = await runs.read(recordedRun.execution);

    expect(run?.lost).toMatchObject({ rowCount: 300, truncated: false });
    expect(run?.rpo).toEqual({ plannedSeconds: 5, lostBytes: '28800', lostCommits: 300, lostRows: 300 });
  });
});

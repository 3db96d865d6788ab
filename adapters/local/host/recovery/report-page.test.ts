import { describe, expect, it } from 'vitest';
import type { RecoveryRun } from '../../../../functions/ports/recovery/recovery-runs.ts';
import { reportPage } from './report-page.ts';
import { timelineOf } from './timeline.ts';

const stamps = {
  lastGood: 1_000,
  detected: 3_000,
  approved: null,
  fenced: 3_400,
  promoted: 3_900,
  firstWrite: 4_000,
  settled: null,
};
const run: RecoveryRun = {
  execution: 'arn:aws:states:us-east-1:000000000000:execution:failover:one',
  group: 'shop',
  kind: 'failover',
  outcome: 'done',
  reason: 'the primary was lost',
  from: 'north',
  to: 'south',
  epoch: 4,
  planVersion: 'a1',
  startedAt: 1_000,
  endedAt: 4_500,
  stamps,
  rtoSeconds: { planned: 60, actual: 3 },
  rpo: { plannedSeconds: 5, lostBytes: '512', lostCommits: 1, lostRows: 1 },
  token: null,
  fences: [{ level: 'stop', confirmed: true, evidence: 'process 12 ended', selfStopBy: undefined }],
  lost: {
    fork: { branch: '1', offset: '100' },
    end: { branch: '1', offset: '612' },
    bytes: '512',
    commits: [{ id: '77', at: 900 }],
    rows: [{ table: 'public.orders', change: 'insert', key: { id: 7 }, row: { id: 7, name: '<script>x</script>' } }],
    truncated: false,
    rowCount: 1,
    quarantine: 'north/quarantine/epoch-4',
  },
  approvals: ['operator: the site burns'],
  overrides: [],
  details: {},
};

describe('reportPage', () => {
  it('tells planned and actual, the fence, and every lost row', () => {
    const page = reportPage(run);

    expect(page).toContain('<th>Time without the store (RTO)</th><td>60 s</td><td>3.00 s</td>');
    expect(page).toContain('1 rows, 1 commits, 512 bytes');
    expect(page).toContain('<th>stop</th><td>yes</td><td>process 12 ended</td>');
    expect(page).toContain('north/quarantine/epoch-4');
  });

  it('escapes what comes from outside', () => {
    const page = reportPage(run);

    expect(page).toContain('&#60;script&#62;x&#60;/script&#62;');
    expect(page).not.toContain('<script');
  });

  it('is whole for a run that reached nothing', () => {
    const nothing = Object.fromEntries(Object.keys(stamps).map((key) => [key, null])) as unknown as typeof run.stamps;
    const page = reportPage({ ...run, stamps: nothing, outcome: 'refused', rtoSeconds: null, rpo: null, lost: null });

    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(page).not.toContain('Timeline');
  });
});

describe('timelineOf', () => {
  it('leaves out what was not reached, and tells how long each step took', () => {
    expect(timelineOf(run).map(({ number, afterMs, stepMs }) => [number, afterMs, stepMs])).toEqual([
      ['t0', 0, 0],
      ['t1', 2_000, 2_000],
      ['t3', 2_400, 400],
      ['t4', 2_900, 500],
      ['t5', 3_000, 100],
    ]);
  });
});

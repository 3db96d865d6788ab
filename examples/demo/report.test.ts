import { describe, expect, it } from 'vitest';
import { demoReport } from './report.ts';
import { answered, begin, planned, played, tallies } from './sample-run.ts';

const run = { from: begin, to: begin + 9000, requestsPerSecond: 200 };
const broken = (...args: Parameters<typeof demoReport>) =>
  demoReport(...args).checks.flatMap(({ promise, found, kept }) => (kept ? [] : [`${promise}: ${found}`]));

const failing = (requests: number) => [...tallies, { ...answered(4, 2, '1.1.0', requests), outcome: '500' }];

describe('demoReport', () => {
  it('passes when every promise was kept', () => {
    const report = demoReport(run, planned, played, tallies);

    expect(report.passed).toBe(true);
    expect(report.traffic).toEqual({ requests: 1000, failures: 0 });
    expect(report.checks.map(({ promise }) => promise)).toEqual([
      'act 1: 1.0.0 is promoted',
      'act 1: 1.0.0 has 100 % of the traffic at the end',
      'act 1: no request fails',
      'act 2: 1.1.0 is promoted',
      'act 2: 1.1.0 has 100 % of the traffic at the end',
      'act 2: no request fails',
      'act 2: no request is lost while the host is dead',
      'all of it takes at most 90 s',
    ]);
  });

  it('counts each act by the version that answered', () => {
    expect(demoReport(run, planned, played, tallies).acts[1]?.byVersion).toEqual([
      { version: '1.0.0', requests: 280, failures: 0 },
      { version: '1.1.0', requests: 320, failures: 0 },
    ]);
  });

  it('fails for one failed request in an act that allows none', () => {
    const failed = { ...answered(6, 2, '1.0.0', 1, false), version: null, outcome: 'ECONNRESET' };

    expect(broken(run, planned, played, [...tallies, failed])).toEqual([
      'act 2: no request fails: 1 of 601',
      'act 2: no request is lost while the host is dead: 1 of 201 in 2.0 s',
    ]);
  });

  it('allows 25 failures, not 26, in a release that should be taken back to the one before', () => {
    const bad = planned.map((act) => (act.number === 2 ? { ...act, shouldEnd: 'taken-back' as const } : act));
    const takenBack = played.map((act) =>
      act.number === 2 ? { ...act, ended: 'taken-back', servedAtEnd: '1.0.0' } : act,
    );
    expect(broken(run, bad, takenBack, failing(25))).toEqual([]);
    expect(broken(run, bad, takenBack, failing(26))).toEqual(['act 2: at most 25 requests fail: 26 of 626']);
  });

  it('fails when an act was not played, ended otherwise, or left the traffic split', () => {
    const otherwise = played.slice(0, 1).map((act) => ({ ...act, ended: null, servedAtEnd: null }));

    expect(broken({ ...run, to: begin + 90_100 }, planned, otherwise, tallies)).toEqual([
      'act 1: 1.0.0 is promoted: no record',
      'act 1: 1.0.0 has 100 % of the traffic at the end: it is split',
      'act 2 is played to its end: it was not',
      'all of it takes at most 90 s: 90.1 s',
    ]);
  });
});

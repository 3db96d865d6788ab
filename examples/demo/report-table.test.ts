import { describe, expect, it } from 'vitest';
import { reportTable } from './report-table.ts';
import { demoReport } from './report.ts';
import { begin, planned, played, tallies } from './sample-run.ts';

describe('reportTable', () => {
  it('shows each act with its weights, requests and verdicts, and what was promised', () => {
    const report = demoReport({ from: begin, to: begin + 9000, requestsPerSecond: 200 }, planned, played, tallies);

    expect(reportTable(report, (_, text) => text)).toMatchInlineSnapshot(`
      "─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      time  act               weight of the new release    release  requests  failed  the judge's verdicts
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      0:00  1 first release   ·██                          1.0.0         400       0  not asked: nothing to compare with
      +3 s    1.0.0 promoted  0 → 100 %
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      0:03  2 good release    ·▁▄▄▄█                       1.0.0         280       0  +1 s at 10 %: need-more, 0 of 0 failed
      +6 s    1.1.0 promoted     ××                        1.1.0         320       0  +2 s at 50 %: safe, 0 of 312 failed
                              × host dead, router serving                             it fails under 1 %: 0 % (0 of 312) failed, of
                              0 → 10 → 50 → 100 %                                     stable's 0 % (0 of 1204)
      ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

      ✓ act 1: 1.0.0 is promoted                          promoted
      ✓ act 1: 1.0.0 has 100 % of the traffic at the end  1.0.0 has it
      ✓ act 1: no request fails                           0 of 400
      ✓ act 2: 1.1.0 is promoted                          promoted
      ✓ act 2: 1.1.0 has 100 % of the traffic at the end  1.1.0 has it
      ✓ act 2: no request fails                           0 of 600
      ✓ act 2: no request is lost while the host is dead  0 of 200 in 2.0 s
      ✓ all of it takes at most 90 s                      9.0 s

      Every promise was kept: 1,000 requests, 0 failed, 9 s"
    `);
  });
});

import type { Act, PlayedAct } from './report.ts';
import type { Tally } from './tally.ts';

/** A made-up run for tests: act 1 promotes 1.0.0; in act 2 the host is dead from second 6 to 8 and 1.1.0 is promoted. */
export const begin = 1_700_000_000_000;

export const planned: readonly Act[] = [
  { number: 1, title: 'first release', version: '1.0.0', errorRate: 0, shouldEnd: 'promoted', killsHost: false },
  { number: 2, title: 'good release', version: '1.1.0', errorRate: 0, shouldEnd: 'promoted', killsHost: true },
];

const samples = (from: number, percents: readonly (number | null)[]) =>
  percents.flatMap((percent, second) => (percent === null ? [] : [{ at: from + second * 1000 + 500, percent }]));

export const played: readonly PlayedAct[] = planned.map((act, index) => {
  const from = begin + index * 3000;
  return index === 0
    ? {
        ...act,
        from,
        to: from + 3000,
        executionArn: 'arn:aws:states:us-east-1:000000000000:execution:deploy:first',
        ended: 'promoted',
        servedAtEnd: '1.0.0',
        hostDead: null,
        samples: samples(from, [0, 100, 100]),
        judgement: { verdicts: [], reason: null },
      }
    : {
        ...act,
        from,
        to: from + 6000,
        executionArn: 'arn:aws:states:us-east-1:000000000000:execution:deploy:second',
        ended: 'promoted',
        servedAtEnd: '1.1.0',
        hostDead: { from: from + 3000, to: from + 5000, atPercent: 50 },
        samples: samples(from, [0, 10, 50, null, null, 100]),
        judgement: {
          verdicts: [
            { at: from + 1000, percent: 10, verdict: 'need-more', requests: 0, errors: 0 },
            { at: from + 2000, percent: 50, verdict: 'safe', requests: 312, errors: 0 },
          ],
          reason: "it fails under 1 %: 0 % (0 of 312) failed, of stable's 0 % (0 of 1204)",
        },
      };
});

/** `requests` in a second counted from the begin, answered 200 by the version. */
export const answered = (second: number, act: number, version: string, requests: number, hostAlive = true): Tally => ({
  second: begin / 1000 + second,
  act,
  hostAlive,
  version,
  outcome: '200',
  requests,
});

export const tallies: readonly Tally[] = [
  answered(1, 1, '1.0.0', 200),
  answered(2, 1, '1.0.0', 200),
  answered(4, 2, '1.0.0', 180),
  answered(4, 2, '1.1.0', 20),
  answered(6, 2, '1.0.0', 100, false),
  answered(6, 2, '1.1.0', 100, false),
  answered(8, 2, '1.1.0', 200),
];

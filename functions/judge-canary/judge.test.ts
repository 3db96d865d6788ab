import { describe, expect, it } from 'vitest';
import { startEvidence, type Evidence } from './evidence.ts';
import { judge, type Judgement } from './judge.ts';
import { defaultPolicy } from './policy.ts';
import { emptyArm, none, type ArmSlice, type Rate, type Slice } from './slice.ts';

const rate = (hits: number, trials: number): Rate => ({ hits, trials });

function slice(candidate: Rate, stable: Rate, more: Partial<Slice> = {}): Slice {
  return {
    seconds: 5,
    candidate: { ...emptyArm, errors: candidate },
    stable: { ...emptyArm, errors: stable },
    halves: null,
    ...more,
  };
}

function judgeAll(slices: readonly Slice[]): { evidence: Evidence; judgement: Judgement } {
  const [first, ...rest] = slices;
  if (!first) throw new Error('judgeAll needs a slice');
  const start = judge(startEvidence(defaultPolicy), first, defaultPolicy);
  return rest.reduce(({ evidence }, next) => judge(evidence, next, defaultPolicy), start);
}

const clump = (first: number, second: number) =>
  slice(rate(30, 50), rate(first + second, 950), { seconds: 15, halves: [rate(first, 475), rate(second, 475)] });

/** Some requests answered in time and well, the others given up by their clients. */
const leftAlone = (answered: number, abandoned: number): ArmSlice => ({
  errors: rate(0, answered),
  slow: rate(abandoned, answered + abandoned),
  abandoned: rate(abandoned, answered + abandoned),
});

const times = (count: number, each: Slice) => Array.from({ length: count }, () => each);

describe('judge', () => {
  it('says bad once the candidate failed so much more that chance is out of question', () => {
    const { judgement } = judgeAll([slice(rate(4, 40), rate(1, 960))]);

    expect(judgement).toMatchObject({
      verdict: 'bad',
      reason: "it fails more than stable: 10 % (4 of 40) failed, of stable's 0.104 % (1 of 960)",
      bound: { falseAbort: 0.01, falseSafe: 0.05 },
    });
    expect(judgement.eValues.failsMore).toBeGreaterThanOrEqual(200);
  });

  it('says safe for two error-free arms once enough requests went well', () => {
    const slices = times(21, slice(rate(0, 20), rate(0, 180)));

    expect(judgeAll(slices.slice(0, 10)).judgement.verdict).toBe('need-more');
    expect(judgeAll(slices).judgement).toMatchObject({
      verdict: 'safe',
      reason: "it fails under 1 %: 0 % (0 of 420) failed, of stable's 0 % (0 of 3780)",
    });
  });

  it('says safe for a candidate that fails like a stable one above the tolerated rate', () => {
    const { judgement } = judgeAll(times(60, slice(rate(4, 200), rate(6, 300))));

    expect(judgement).toMatchObject({
      verdict: 'safe',
      reason: expect.stringContaining('less than 2 times as often as stable'),
    });
  });

  it('tells how many requests and seconds are missing', () => {
    const { judgement } = judgeAll([slice(rate(0, 50), rate(0, 950))]);

    expect(judgement).toMatchObject({ verdict: 'need-more', more: { requests: 357, seconds: 36 } });
  });

  it('learns nothing without traffic, and says so', () => {
    const before = judgeAll([slice(rate(0, 50), rate(0, 950))]);
    const after = judge(before.evidence, slice(none, none), defaultPolicy);

    expect(after.evidence.logs).toEqual(before.evidence.logs);
    expect(after.judgement).toMatchObject({
      verdict: 'need-more',
      reason: 'no traffic reached the candidate since the last look',
    });
  });

  it('does not blame the release for what happens to both arms', () => {
    const usual = times(10, slice(rate(0, 50), rate(1, 950)));
    const { judgement } = judgeAll([...usual, ...times(3, slice(rate(6, 50), rate(114, 950)))]);

    expect(judgement).toMatchObject({
      verdict: 'need-more',
      reason: expect.stringContaining('both fail more than usual, so it is not this release'),
    });
  });

  it('says bad for a candidate that is often slow where stable is not', () => {
    const slow = slice(rate(0, 50), rate(0, 950));
    const { judgement } = judgeAll([
      { ...slow, candidate: { ...slow.candidate, slow: rate(20, 50) }, stable: { ...slow.stable, slow: rate(5, 950) } },
    ]);

    expect(judgement).toMatchObject({
      verdict: 'bad',
      reason: "it is slower than stable: 40 % (20 of 50) slow or unanswered, of stable's 0.526 % (5 of 950)",
    });
  });

  it('says bad for a candidate whose clients give up where those of stable do not', () => {
    const { judgement } = judgeAll([
      { seconds: 5, candidate: leftAlone(5, 40), stable: leftAlone(400, 0), halves: null },
    ]);

    expect(judgement).toMatchObject({
      verdict: 'bad',
      reason: "clients gave up on 40 of 45 requests, of stable's 0 of 400",
    });
  });

  it('says bad for a candidate that leaves every request open, before the first client gives up', () => {
    const candidate = { ...emptyArm, slow: rate(20, 20) };
    const { judgement } = judgeAll([{ seconds: 5, candidate, stable: leftAlone(400, 0), halves: null }]);

    expect(judgement).toMatchObject({
      verdict: 'bad',
      reason: "it is slower than stable: 100 % (20 of 20) slow or unanswered, of stable's 0 % (0 of 400)",
    });
  });

  it('says bad for a candidate that hangs while the errors of stable come in clumps', () => {
    const clumps = [clump(40, 0), clump(0, 40), clump(0, 40), clump(40, 0)];
    const hanging = { seconds: 5, candidate: leftAlone(0, 50), stable: leftAlone(950, 0), halves: null };

    expect(judgeAll([...clumps, hanging]).judgement).toMatchObject({ verdict: 'bad', bound: null });
  });

  it('never says safe because of requests that were given up', () => {
    const bothArms = { seconds: 5, candidate: leftAlone(0, 50), stable: leftAlone(0, 950), halves: null };
    const { judgement } = judgeAll(times(200, bothArms));

    expect(judgement).toMatchObject({
      verdict: 'need-more',
      reason: 'the candidate answered nothing since the last look, while clients waited or gave up',
      more: null,
    });
    expect(judgement.eValues).toMatchObject({ failsRarely: 1, failsLittleMore: 1 });
  });

  it('holds a candidate whose answers are fine while its clients give up more, even where slowness cannot be judged', () => {
    const burst = (slow: number): Slice => ({
      seconds: 15,
      candidate: leftAlone(90, 10),
      stable: { ...leftAlone(900, 0), slow: rate(slow, 900) },
      halves: null,
    });
    const { judgement } = judgeAll(times(10, burst(0)).flatMap((calm) => [calm, burst(450)]));

    expect(judgement).toMatchObject({
      verdict: 'need-more',
      reason: "clients gave up on 200 of 2000 requests, of stable's 0 of 18000",
    });
    expect(judgement.eValues.failsRarely).toBeGreaterThan(40);
  });

  it('says safe where as many clients leave stable', () => {
    const bothArms = { seconds: 5, candidate: leftAlone(40, 10), stable: leftAlone(760, 190), halves: null };

    expect(judgeAll(times(30, bothArms)).judgement).toMatchObject({ verdict: 'safe' });
  });

  it('lets a few slow answers after a cold start pass', () => {
    const cold = slice(rate(0, 40), rate(0, 360));
    const { judgement } = judgeAll([
      { ...cold, candidate: { ...cold.candidate, slow: rate(4, 40) }, stable: { ...cold.stable, slow: rate(0, 360) } },
    ]);

    expect(judgement.verdict).toBe('need-more');
  });

  it('claims no bound and never decides where stable itself fails in clumps', () => {
    const { judgement } = judgeAll([clump(40, 0), clump(0, 40), clump(0, 40), clump(40, 0)]);

    expect(judgement).toMatchObject({
      verdict: 'need-more',
      bound: null,
      more: null,
      reason: expect.stringContaining('no error bound holds'),
    });
  });

  it('keeps evidence that survives JSON, small, whatever the traffic', () => {
    const { evidence } = judgeAll(
      times(500, slice(rate(0, 5000), rate(12, 95_000), { halves: [rate(6, 47_500), rate(6, 47_500)] })),
    );
    const stored = JSON.stringify(evidence);

    expect(JSON.parse(stored)).toEqual(evidence);
    expect(stored.length).toBeLessThan(3000);
  });
});

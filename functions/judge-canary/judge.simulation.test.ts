import { describe, expect, it } from 'vitest';
import { startEvidence } from './evidence.ts';
import { judge, type Verdict } from './judge.ts';
import { defaultPolicy } from './policy.ts';
import { plusArm, type ArmSlice } from './slice.ts';
import { seededDice } from '../../test/support/seeded-dice.ts';

interface World {
  readonly requestsPerSecond: number;
  readonly candidateShare: number;
  readonly stableErrors: number;
  readonly candidateErrors: number;
  readonly seconds: number;
  readonly lookEverySeconds: number;
  /** Both arms fail this much in the second quarter of the time. */
  readonly outage?: number;
  /** Share of the requests that clients give up on, whichever arm they are sent to. */
  readonly abandonment?: number;
  /** Share of the candidate's other requests that clients give up on because it does not answer them. */
  readonly candidateHangs?: number;
  /** Coefficient of variation of each instance group's error rate, drawn anew every 15 s. */
  readonly variation?: number;
}

const runs = 200;
const quiet: World = {
  requestsPerSecond: 100,
  candidateShare: 0.05,
  stableErrors: 0.01,
  candidateErrors: 0.01,
  seconds: 900,
  lookEverySeconds: 5,
};

/** Several standard errors over the bound still count as the bound: the seeds are fixed, so this never flickers. */
const withNoise = (bound: number) => bound + 3 * Math.sqrt((bound * (1 - bound)) / runs);

describe('the judge, over many rollouts', () => {
  it.each([1, 5, 60])(
    'aborts a good release at most as often as stated when it looks every %i s',
    (lookEverySeconds) => {
      const looks = { ...quiet, lookEverySeconds, seconds: lookEverySeconds === 1 ? 200 : 900 };

      expect(shareOf('bad', simulate(looks, ['bad']))).toBeLessThanOrEqual(withNoise(defaultPolicy.alpha));
    },
  );

  it('does not abort a good release during an outage of both arms', () => {
    expect(
      shareOf(
        'bad',
        simulate({ ...quiet, stableErrors: 0.001, candidateErrors: 0.001, outage: 0.05, seconds: 600 }, ['bad']),
      ),
    ).toBeLessThanOrEqual(withNoise(defaultPolicy.alpha));
  });

  it('keeps the bound near what is stated when errors come in clumps', () => {
    expect(shareOf('bad', simulate({ ...quiet, variation: 0.5, seconds: 600 }, ['bad']))).toBeLessThanOrEqual(
      withNoise(defaultPolicy.alpha),
    );
    expect(shareOf('bad', simulate({ ...quiet, variation: 1, seconds: 600 }, ['bad']))).toBeLessThanOrEqual(
      withNoise(0.02),
    );
  });

  it.each([0.02, 0.1, 0.4])(
    'does not abort a good release because clients give up on %d of the requests of both arms',
    (abandonment) => {
      const found = simulate({ ...quiet, abandonment, seconds: 600 }, ['bad']);

      expect(shareOf('bad', found)).toBeLessThanOrEqual(withNoise(defaultPolicy.alpha));
    },
  );

  it.each([
    { candidateHangs: 1, within: 5 },
    { candidateHangs: 0.5, within: 5 },
    { candidateHangs: 0.2, within: 25 },
  ])(
    'finds a release that leaves $candidateHangs of its requests unanswered in a median of $within s of giving up',
    ({ candidateHangs, within }) => {
      const found = simulate({ ...quiet, abandonment: 0.01, candidateHangs, seconds: 600 }, ['bad']);

      expect(shareOf('bad', found)).toBe(1);
      expect(median(found.map(({ at }) => at))).toBeLessThanOrEqual(within);
    },
  );

  it('never calls a release safe that leaves half of its requests unanswered', () => {
    const hanging = { ...quiet, stableErrors: 0, candidateErrors: 0, candidateHangs: 0.5 };

    expect(shareOf('safe', simulate(hanging, ['safe', 'bad']))).toBe(0);
  });

  it('calls a release at both tolerances safe at most as often as stated', () => {
    const limit = { ...quiet, stableErrors: 0.005, candidateErrors: 0.01, seconds: 1800, lookEverySeconds: 15 };

    expect(shareOf('safe', simulate(limit, ['safe']))).toBeLessThanOrEqual(withNoise(defaultPolicy.alphaSafe));
  });

  it.each([
    { candidateErrors: 0.02, within: 60 },
    { candidateErrors: 0.05, within: 25 },
    { candidateErrors: 0.2, within: 10 },
  ])(
    'finds a release failing $candidateErrors of its requests in a median of $within s',
    ({ candidateErrors, within }) => {
      const found = simulate({ ...quiet, stableErrors: 0.001, candidateErrors, seconds: 600 }, ['bad']);

      expect(shareOf('bad', found)).toBe(1);
      expect(median(found.map(({ at }) => at))).toBeLessThanOrEqual(within);
    },
  );

  it('shows an error-free release safe after about 410 of its requests', () => {
    const [first] = simulate(
      {
        ...quiet,
        stableErrors: 0,
        candidateErrors: 0,
        candidateShare: 0.1,
        requestsPerSecond: 200,
        lookEverySeconds: 1,
      },
      ['safe'],
    );

    expect(first).toMatchObject({ verdict: 'safe' });
    expect(first?.requests).toBeGreaterThan(380);
    expect(first?.requests).toBeLessThan(450);
  });
});

interface Outcome {
  readonly verdict: Verdict;
  readonly at: number;
  readonly requests: number;
}

/** Looks until one of `ends` is the verdict or the time is over, `runs` times. */
function simulate(world: World, ends: readonly Verdict[]): readonly Outcome[] {
  const dice = seededDice(20_261_123);
  return Array.from({ length: runs }, () => rollout(world, ends, dice));
}

function rollout(world: World, ends: readonly Verdict[], dice: ReturnType<typeof seededDice>): Outcome {
  let evidence = startEvidence(defaultPolicy);
  let multipliers = [1, 1, 1];
  for (let at = world.lookEverySeconds; at <= world.seconds; at += world.lookEverySeconds) {
    if (world.variation && (at - world.lookEverySeconds) % 15 === 0)
      multipliers = multipliers.map(() => dice.gamma(world.variation ?? 0));
    const outage = at > world.seconds / 4 && at <= world.seconds / 2 ? (world.outage ?? 0) : 0;
    const requests = world.requestsPerSecond * world.lookEverySeconds;
    const some = (of: number, share: number) => Math.min(of, dice.poisson(of * Math.min(1, share)));
    const arm = (share: number, errors: number, multiplier = 1, hangs = 0): ArmSlice => {
      const sent = dice.poisson(requests * share);
      const left = world.abandonment ? some(sent, world.abandonment) : 0;
      const abandoned = { trials: sent, hits: left + (hangs > 0 ? some(sent - left, hangs) : 0) };
      const trials = sent - abandoned.hits;
      const failed = { trials, hits: some(trials, Math.max(outage, errors * multiplier)) };
      return { errors: failed, slow: abandoned, abandoned };
    };
    const candidate = arm(world.candidateShare, world.candidateErrors, multipliers[0], world.candidateHangs);
    const half = (1 - world.candidateShare) / 2;
    const halves = [
      arm(half, world.stableErrors, multipliers[1]),
      arm(half, world.stableErrors, multipliers[2]),
    ] as const;
    const slice = {
      seconds: world.lookEverySeconds,
      candidate,
      stable: plusArm(...halves),
      halves: [halves[0].errors, halves[1].errors],
    } as const;
    const seen = judge(evidence, slice, defaultPolicy);
    evidence = seen.evidence;
    if (ends.includes(seen.judgement.verdict))
      return { verdict: seen.judgement.verdict, at, requests: evidence.candidate.errors.trials };
  }
  return { verdict: 'need-more', at: Infinity, requests: evidence.candidate.errors.trials };
}

const shareOf = (verdict: Verdict, outcomes: readonly Outcome[]) =>
  outcomes.filter((outcome) => outcome.verdict === verdict).length / outcomes.length;

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

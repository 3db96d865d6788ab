import * as z from 'zod/mini';

const share = z.number().check(z.positive(), z.lt(1));

/** What an ordinary canary does; people override it service by service. The machine `canary` has the same defaults. */
export const canaryDefaults = {
  steps: [5, 25, 50],
  tickSeconds: 5,
  minSecondsPerStep: 30,
  maxSeconds: 3600,
  maxBlindSeconds: 120,
};

const steps = z
  .array(z.number().check(z.positive(), z.lte(100), z.multipleOf(0.01, 'must be whole hundredths of a percent')))
  .check(
    z.minLength(1),
    z.refine(
      (shares) => shares.every((percent, i) => percent > (shares[i - 1] ?? 0)),
      'each step must be larger than the one before',
    ),
  );

/** Settings of a canary, for `pointsman.yaml` and for the judge alike. Unknown fields are refused: they protect users. */
export const canarySettings = z
  .strictObject({
    /** Shares of the traffic, percent, that the candidate gets one after the other. Default 5, 25, 50. */
    steps: z.exactOptional(steps),
    /** Whole seconds between two looks of the judge; raised to `maxSeconds / 1600` when smaller. Default 5. */
    tickSeconds: z.exactOptional(z.int().check(z.gte(1))),
    /** A step lasts at least this long. Default 30. */
    minSecondsPerStep: z.exactOptional(z.number().check(z.nonnegative())),
    /** What is not known to be safe by then is taken back. Default 3600. */
    maxSeconds: z.exactOptional(z.number().check(z.positive())),
    /** After so long without counters people are told. Default 120. */
    maxBlindSeconds: z.exactOptional(z.number().check(z.nonnegative())),
    /** Chance that a release no worse than stable is ever called bad, at most. Default 0.01. */
    alpha: z.exactOptional(share),
    /** Chance that a release beyond both tolerances is ever called safe, at most. Default 0.05. */
    alphaSafe: z.exactOptional(share),
    /** Safe: shown to fail less than this many times as often as stable. Default 2. */
    toleratedRatio: z.exactOptional(z.number().check(z.gt(1))),
    /** Safe, too: shown to fail less than this share of its requests. Default 0.01. */
    toleratedErrorRate: z.exactOptional(share),
    /**
     * Slow is a request that takes longer than 99 % of stable's did when the rollout began, but none that takes less
     * than this, unless its client gave up on it. Default 50 ms.
     */
    slowFloorMs: z.exactOptional(z.number().check(z.nonnegative())),
    /** Being slow is not bad before it happens to more than this share of requests. Default 0.05: cold starts pass. */
    toleratedSlowRate: z.exactOptional(share),
  })
  .check(
    z.refine((settings) => leastSeconds(settings) <= (settings.maxSeconds ?? canaryDefaults.maxSeconds), {
      path: ['maxSeconds'],
      message: 'must leave time for every step: steps × minSecondsPerStep; else every release is taken back',
    }),
  );

export type CanarySettings = z.output<typeof canarySettings>;

interface Times {
  readonly steps?: readonly number[];
  readonly minSecondsPerStep?: number;
}

const leastSeconds = ({
  steps = canaryDefaults.steps,
  minSecondsPerStep = canaryDefaults.minSecondsPerStep,
}: Times): number => steps.length * minSecondsPerStep;

import type { CanarySettings } from '../ports/canary-settings.ts';
import { plainRate, rateRatio, type Hypotheses } from './e-process.ts';

type JudgedBy = 'alpha' | 'alphaSafe' | 'toleratedRatio' | 'toleratedErrorRate' | 'slowFloorMs' | 'toleratedSlowRate';

/** What people may decide about the judge; `functions/ports/canary-settings.ts` explains it. */
export type Policy = Readonly<Required<Pick<CanarySettings, JudgedBy>>>;

export const defaultPolicy: Policy = {
  alpha: 0.01,
  alphaSafe: 0.05,
  toleratedRatio: 2,
  toleratedErrorRate: 0.01,
  slowFloorMs: 50,
  toleratedSlowRate: 0.05,
};

/** The null hypotheses that the judge collects evidence against, by what rejecting them says of the candidate. */
export type Question = 'failsMore' | 'slowMore' | 'slowOften' | 'failsLittleMore' | 'failsRarely';

export function questions(policy: Policy): Readonly<Record<Question, Hypotheses>> {
  const more = rateRatio(1, [1.25, 1.5, 2, 3, 5, 8, 13, 21, 34, 55, 100, 300]);
  return {
    failsMore: more,
    slowMore: more,
    slowOften: plainRate(policy.toleratedSlowRate, above(policy.toleratedSlowRate)),
    failsLittleMore: rateRatio(
      policy.toleratedRatio,
      [1 / 8, 1 / 4, 1 / 2].map((part) => part * policy.toleratedRatio),
    ),
    failsRarely: plainRate(policy.toleratedErrorRate, below(policy.toleratedErrorRate)),
  };
}

/** Rates between the limit and always. */
const above = (limit: number) =>
  [0.05, 0.2, 0.5, 0.9].map((way) => ({ rate: limit + way * (1 - limit), weight: 1 / 4 }));

/** Mostly no errors at all, since that is what most good releases show; zero itself would forbid a single one. */
const below = (limit: number) => [
  { rate: limit / 100, weight: 0.7 },
  { rate: limit / 8, weight: 0.1 },
  { rate: limit / 4, weight: 0.1 },
  { rate: limit / 2, weight: 0.1 },
];

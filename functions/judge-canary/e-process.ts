import type { Rate } from './slice.ts';

/**
 * Evidence against a null hypothesis, one log-likelihood ratio for each alternative. Their mixture E is a non-negative
 * supermartingale under the null, so P(E ever reaches 1/α) ≤ α however often one looks (Ville's inequality).
 */
export interface Hypotheses {
  /** Weights of the alternatives; they sum to 1. */
  readonly weights: readonly number[];
  /** What one slice adds to each logarithm, in the order of `weights`. */
  readonly gains: (candidate: Rate, stable: Rate) => readonly number[];
}

/**
 * Null: the candidate's rate is at most (`worse`) or at least (`better`) `limit` times the stable arm's. Given the hits
 * of both arms, the candidate's are binomial with a share that depends only on the ratio, so what harms both arms
 * cancels. (Lindon & Malek, "Anytime-Valid Inference for Multinomial Count Data", arXiv 2011.03567)
 */
export const rateRatio = (limit: number, alternatives: readonly number[]): Hypotheses => ({
  weights: alternatives.map(() => 1 / alternatives.length),
  gains(candidate, stable) {
    // Without exposure on one side a hit says nothing about the ratio.
    if (candidate.trials === 0 || stable.trials === 0) return alternatives.map(() => 0);
    const share = (ratio: number) => (ratio * candidate.trials) / (ratio * candidate.trials + stable.trials);
    const usual = share(limit);
    return alternatives.map((ratio) => {
      const shifted = share(ratio);
      return candidate.hits * Math.log(shifted / usual) + stable.hits * Math.log((1 - shifted) / (1 - usual));
    });
  },
});

/** Null: the candidate's rate is on the other side of `limit` than the alternatives. Bernoulli trials; stable is unused. */
export const plainRate = (limit: number, alternatives: readonly WeightedRate[]): Hypotheses => ({
  weights: alternatives.map(({ weight }) => weight),
  gains: ({ trials, hits }) =>
    alternatives.map(
      ({ rate }) => hits * Math.log(rate / limit) + (trials - hits) * Math.log((1 - rate) / (1 - limit)),
    ),
});

interface WeightedRate {
  readonly rate: number;
  readonly weight: number;
}

export const startLogs = (hypotheses: Hypotheses): readonly number[] => hypotheses.weights.map(() => 0);

export function addSlice(logs: readonly number[], hypotheses: Hypotheses, candidate: Rate, stable: Rate) {
  const gains = hypotheses.gains(candidate, stable);
  return logs.map((log, i) => log + (gains[i] ?? 0));
}

/**
 * Natural logarithm of E. `tempering` in (0, 1] takes each likelihood to that power, which keeps E a supermartingale
 * and makes it slower where hits come in clumps.
 */
export function logE(logs: readonly number[], { weights }: Hypotheses, tempering: number): number {
  const terms = logs.map((log, i) => tempering * log + Math.log(weights[i] ?? 0));
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/**
 * Trials of the candidate still needed until E reaches `target` (a logarithm), if both arms go on as they did so far;
 * null while they do not speak against the null hypothesis.
 */
export function trialsToGo(
  logs: readonly number[],
  hypotheses: Hypotheses,
  tempering: number,
  target: number,
  seen: { readonly candidate: Rate; readonly stable: Rate },
): number | null {
  const { candidate, stable } = seen;
  if (candidate.trials === 0) return null;
  const gains = hypotheses.gains(candidate, stable);
  const needed = logs.flatMap((log, i) => {
    const perTrial = (tempering * (gains[i] ?? 0)) / candidate.trials;
    const missing = target - Math.log(hypotheses.weights[i] ?? 0) - tempering * log;
    return perTrial > 0 ? [missing / perTrial] : [];
  });
  return needed.length === 0 ? null : Math.max(1, Math.ceil(Math.min(...needed)));
}

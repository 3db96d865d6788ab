import { armsDispersion, clumping } from './dispersion.ts';
import { logE, trialsToGo } from './e-process.ts';
import type { Evidence } from './evidence.ts';
import { questions, type Policy, type Question } from './policy.ts';

/** What the evidence is worth, once clumps are allowed for. */
export interface Weights {
  /** Natural logarithm of the E value of each statement; 0 is no evidence. */
  readonly logE: Readonly<Record<Question, number>>;
  /** Dispersion φ between the arms, at least 1. Likelihoods are taken to the power 1/φ. */
  readonly phi: Readonly<Record<'errors' | 'slow', number>>;
  /** True where hits clump so much that tempering does not keep the bound. */
  readonly unbounded: Readonly<Record<'errors' | 'slow', boolean>>;
  /** Requests to the candidate until it could be called safe; null while nothing points there. */
  readonly requestsToSafe: number | null;
}

/**
 * Largest squared coefficient of variation for which a bound is claimed. Measured over 30 minutes at a nominal 1 % and
 * with 1 % errors: a variation of 0.5 gives 0.6 % wrong aborts; 1 gives 1.3 % (with 5 % of the traffic) to 5 % (with
 * half of it), nearly all in the first minute; 2 gives 14 %, and no tempering mends that.
 */
const clumpingLimit = 1.5;

export function weigh(evidence: Evidence, policy: Policy): Weights {
  const { candidate, stable, logs, dispersion, seconds } = evidence;
  const phi = {
    errors: armsDispersion(dispersion.errors, seconds, candidate.errors, stable.errors),
    slow: armsDispersion(dispersion.slow, seconds, candidate.slow, stable.slow),
  };
  const ask = questions(policy);
  const worth = (question: Question, signal: 'errors' | 'slow') => logE(logs[question], ask[question], 1 / phi[signal]);
  const toSafe = (['failsRarely', 'failsLittleMore'] as const).flatMap((question) => {
    const seen = { candidate: candidate.errors, stable: stable.errors };
    return trialsToGo(logs[question], ask[question], 1 / phi.errors, Math.log(2 / policy.alphaSafe), seen) ?? [];
  });
  return {
    logE: {
      failsMore: worth('failsMore', 'errors'),
      slowMore: worth('slowMore', 'slow'),
      slowOften: worth('slowOften', 'slow'),
      failsLittleMore: worth('failsLittleMore', 'errors'),
      failsRarely: worth('failsRarely', 'errors'),
    },
    phi,
    unbounded: {
      errors: clumping(dispersion.errors) > clumpingLimit,
      slow: clumping(dispersion.slow) > clumpingLimit,
    },
    requestsToSafe: toSafe.length === 0 ? null : Math.min(...toSafe),
  };
}

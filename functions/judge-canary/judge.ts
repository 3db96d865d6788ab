import { addToEvidence, type Evidence } from './evidence.ts';
import type { Policy, Question } from './policy.ts';
import { errorsText, reasonToHold, rounded, slowText } from './reasons.ts';
import type { Slice } from './slice.ts';
import { weigh, type Weights } from './weights.ts';

/** `blind`: the counters could not be read, which says nothing about the release. */
export type Verdict = 'bad' | 'safe' | 'need-more' | 'blind';

/** What the judge says, and what it rests on. Plain JSON. */
export interface Judgement {
  readonly verdict: Verdict;
  /** For people. */
  readonly reason: string;
  /** Evidence for each statement: 1 is none, 2/α is enough (α is shared by two). At most 1e9, so that it stays JSON. */
  readonly eValues: Readonly<Record<Question, number>>;
  /** Dispersion between the arms, and the power that every likelihood is taken to. */
  readonly dispersion: Readonly<Record<'errors' | 'slow', { readonly phi: number; readonly lambda: number }>>;
  /** Chances of a wrong abort and a wrong approval over the whole rollout, at any number of looks; null: none claimed. */
  readonly bound: { readonly falseAbort: number; readonly falseSafe: number } | null;
  /** What it takes until the release could be safe, if all goes on like this; null when that is not in sight. */
  readonly more: { readonly requests: number; readonly seconds: number | null } | null;
}

/** Adds what happened since the last look and judges all there is. Pure; may be asked at any moment, at any rate. */
export function judge(evidence: Evidence, slice: Slice, policy: Policy): { evidence: Evidence; judgement: Judgement } {
  const known = addToEvidence(evidence, slice, policy);
  return { evidence: known, judgement: judgementOf(known, slice, policy) };
}

/**
 * @param slice the newest, already part of the evidence; undefined when there is none since the router began to count,
 * which is no moment to go on
 */
export function judgementOf(known: Evidence, slice: Slice | undefined, policy: Policy): Judgement {
  const weights = weigh(known, policy);
  const [verdict, reason] = decide(known, slice, weights, policy);
  return {
    verdict,
    reason,
    eValues: mapValues(weights.logE, (log) => rounded(Math.min(1e9, Math.exp(log)))),
    dispersion: mapValues(weights.phi, (phi) => ({ phi: rounded(phi), lambda: rounded(1 / phi) })),
    bound: weights.unbounded.errors ? null : { falseAbort: policy.alpha, falseSafe: policy.alphaSafe },
    more: verdict === 'need-more' ? stillNeeded(known, weights) : null,
  };
}

function decide(known: Evidence, slice: Slice | undefined, weights: Weights, policy: Policy): [Verdict, string] {
  const { logE, phi, unbounded } = weights;
  const enoughForBad = Math.log(2 / policy.alpha); // errors and slowness have half of α each
  const enoughForSafe = Math.log(2 / policy.alphaSafe); // and either of two statements makes it safe
  const errors = errorsText(known);
  if (!unbounded.errors && logE.failsMore >= enoughForBad) return ['bad', `it fails more than stable: ${errors}`];
  // Two statements are needed, so the weaker counts: slower than stable, and slow often enough to matter.
  if (!unbounded.slow && Math.min(logE.slowMore, logE.slowOften) >= enoughForBad) return ['bad', slowText(known)];
  if (unbounded.errors)
    return [
      'need-more',
      `stable's own errors come in clumps (φ ${rounded(phi.errors)}), so no error bound holds: ${errors}`,
    ];
  if (!slice) return ['need-more', 'first look at the counters'];
  const hold = reasonToHold(known, slice, policy);
  if (hold) return ['need-more', hold];
  if (logE.failsRarely >= enoughForSafe)
    return ['safe', `it fails under ${100 * policy.toleratedErrorRate} %: ${errors}`];
  if (logE.failsLittleMore >= enoughForSafe)
    return ['safe', `it fails less than ${policy.toleratedRatio} times as often as stable: ${errors}`];
  return ['need-more', errors];
}

function stillNeeded({ candidate, seconds }: Evidence, { requestsToSafe, unbounded }: Weights): Judgement['more'] {
  if (requestsToSafe === null || unbounded.errors) return null;
  const perSecond = seconds > 0 ? candidate.errors.trials / seconds : 0;
  return { requests: requestsToSafe, seconds: perSecond > 0 ? Math.ceil(requestsToSafe / perSecond) : null };
}

const mapValues = <Key extends string, A, B>(record: Readonly<Record<Key, A>>, to: (value: A) => B): Record<Key, B> =>
  // Object.entries forgets the key type that the record has.
  Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, to(value)])) as Record<Key, B>;

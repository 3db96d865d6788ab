import { startEvidence, type Evidence } from './evidence.ts';
import { judge, judgementOf, type Judgement, type Verdict } from './judge.ts';
import type { Policy } from './policy.ts';
import { quantileBoundMs, sliceBetween, type Reading } from './slice.ts';

/** What one look hands to the next, through the machine's variables. Plain JSON of a few KB. */
export interface Memory {
  readonly format: 1;
  readonly evidence: Evidence;
  /** The newest reading of the counters; null until one succeeded. */
  readonly reading: Reading | null;
  /**
   * Requests that take longer are slow. Null until stable has shown what is usual, or for ever when its histogram ends
   * below: then only those that clients gave up on are.
   */
  readonly slowAboveMs: number | null;
  /** Since when the counters are out of reach, milliseconds since 1970. */
  readonly blindSince: number | null;
  /** When the verdict or the share changed, oldest first, at most 20. */
  readonly verdicts: readonly PastVerdict[];
}

interface PastVerdict {
  readonly at: number;
  readonly percent: number;
  readonly verdict: Verdict;
  /** Requests of the candidate that ended, the errors among them, and those abandoned instead. */
  readonly requests: number;
  readonly errors: number;
  readonly abandoned: number;
}

export type Look = Judgement & { readonly memory: Memory };

/** Of fewer, stable's 99th percentile is a guess. */
const requestsForQuantile = 200;
const verdictsKept = 20;

export const isMemory = (value: unknown): value is Memory =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === 1 && 'evidence' in value;

export function startMemory(policy: Policy): Memory {
  return {
    format: 1,
    evidence: startEvidence(policy),
    reading: null,
    slowAboveMs: null,
    blindSince: null,
    verdicts: [],
  };
}

/** Judges with a new reading. Two readings make a slice, so the first only starts the count. */
export function look(before: Memory, reading: Reading, percent: number, policy: Policy): Look {
  const slice = before.reading ? sliceBetween(before.reading, reading, before.slowAboveMs) : undefined;
  const { evidence, judgement } = slice
    ? judge(before.evidence, slice, policy)
    : { evidence: before.evidence, judgement: judgementOf(before.evidence, undefined, policy) };
  return remember(
    { ...before, evidence, reading, slowAboveMs: before.slowAboveMs ?? slowBound(reading, policy), blindSince: null },
    percent,
    judgement,
  );
}

/** Judges without one: the evidence stays what it was, and the next reading spans the gap. */
export function lookBlind(before: Memory, why: string, at: number, percent: number, policy: Policy): Look {
  const judgement = {
    ...judgementOf(before.evidence, undefined, policy),
    verdict: 'blind',
    reason: why,
    more: null,
  } as const;
  return remember({ ...before, blindSince: before.blindSince ?? at }, percent, judgement, at);
}

function remember(memory: Memory, percent: number, judgement: Judgement, at = memory.reading?.at ?? 0): Look {
  const last = memory.verdicts.at(-1);
  if (last?.verdict === judgement.verdict && last.percent === percent) return { ...judgement, memory };
  const { errors, abandoned } = memory.evidence.candidate;
  const counted = { requests: errors.trials, errors: errors.hits, abandoned: abandoned.hits };
  const entry = { at, percent, verdict: judgement.verdict, ...counted };
  return { ...judgement, memory: { ...memory, verdicts: [...memory.verdicts, entry].slice(-verdictsKept) } };
}

/** The bound is chosen before the slices it is used for, otherwise the evidence could be steered by the data. */
function slowBound({ stable }: Reading, { slowFloorMs }: Policy): number | null {
  if (!stable || stable.latency.counts.reduce((sum, count) => sum + count, 0) < requestsForQuantile) return null;
  const usual = quantileBoundMs(stable.latency, 0.99);
  return usual === null
    ? null
    : (stable.latency.boundsMs.find((bound) => bound >= Math.max(usual, slowFloorMs)) ?? null);
}

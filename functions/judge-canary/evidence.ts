import { addSlice, startLogs } from './e-process.ts';
import { addToDispersion, startDispersion, type Dispersion } from './dispersion.ts';
import { questions, type Policy, type Question } from './policy.ts';
import { emptyArm, plusArm, type ArmSlice, type Slice } from './slice.ts';

/** All the judge remembers between two ticks. Plain JSON of about 3 KB, whatever the traffic was. */
export interface Evidence {
  readonly slices: number;
  readonly seconds: number;
  readonly candidate: ArmSlice;
  readonly stable: ArmSlice;
  /** Log-likelihood ratios, untempered: how much they are worth is decided when they are read. */
  readonly logs: Readonly<Record<Question, readonly number[]>>;
  readonly dispersion: { readonly errors: Dispersion; readonly slow: Dispersion };
}

export function startEvidence(policy: Policy): Evidence {
  const { failsMore, slowMore, slowOften, failsLittleMore, failsRarely } = questions(policy);
  return {
    slices: 0,
    seconds: 0,
    candidate: emptyArm,
    stable: emptyArm,
    logs: {
      failsMore: startLogs(failsMore),
      slowMore: startLogs(slowMore),
      slowOften: startLogs(slowOften),
      failsLittleMore: startLogs(failsLittleMore),
      failsRarely: startLogs(failsRarely),
    },
    dispersion: { errors: startDispersion, slow: startDispersion },
  };
}

/** The evidence with one more slice. A slice in which an arm had no request adds nothing to any comparison. */
export function addToEvidence(known: Evidence, slice: Slice, policy: Policy): Evidence {
  const { candidate, stable, seconds } = slice;
  const ask = questions(policy);
  const errors = (question: Question) => addSlice(known.logs[question], ask[question], candidate.errors, stable.errors);
  const slow = (question: Question) => addSlice(known.logs[question], ask[question], candidate.slow, stable.slow);
  return {
    slices: known.slices + 1,
    seconds: known.seconds + seconds,
    candidate: plusArm(known.candidate, candidate),
    stable: plusArm(known.stable, stable),
    logs: {
      failsMore: errors('failsMore'),
      slowMore: slow('slowMore'),
      slowOften: slow('slowOften'),
      failsLittleMore: errors('failsLittleMore'),
      failsRarely: errors('failsRarely'),
    },
    dispersion: {
      errors: addToDispersion(known.dispersion.errors, {
        seconds,
        stable: stable.errors,
        halves: slice.halves,
      }),
      // The router tells latency by release, not by instance, so slowness can only be compared in time.
      slow: addToDispersion(known.dispersion.slow, {
        seconds,
        stable: stable.slow,
        halves: null,
      }),
    },
  };
}

import * as z from 'zod/mini';
import { canarySettings } from '../ports/canary-settings.ts';
import { digest, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';
import { isMemory, look, lookBlind, startMemory, type Look, type Memory } from './memory.ts';
import { defaultPolicy, type Policy } from './policy.ts';

const input = z.object({
  service: serviceName,
  candidate: digest,
  stable: digest,
  /** What the candidate is sent now. */
  percent: z.number().check(z.minimum(0), z.maximum(100)),
  /** The canary's settings; the judge reads its own, and refuses those it has never heard of. */
  policy: z.optional(canarySettings),
  /** `memory` of the look before; null on the first, which only starts the count. */
  memory: z.nullable(z.custom<Memory>(isMemory, 'must be the memory that the look before gave, or null')),
});

export type JudgeCanaryInput = z.output<typeof input>;

/** `blindSeconds`: how long the counters have been out of reach; 0 when they were read now. */
export type JudgeCanaryOutput = Look & { readonly blindSeconds: number };

/**
 * Judges the candidate by the router's counters: what both arms did since the last look is added to the evidence. It
 * remembers nothing itself, so a repetition with the same input only counts a little further. A router that cannot be
 * reached makes the verdict `blind`, which is no failure.
 */
export const judgeCanary: StepFunction<JudgeCanaryInput, JudgeCanaryOutput, Pick<Ports, 'router' | 'clock'>> = {
  name: 'judge-canary',
  read: reader('judge-canary', input),
  async run({ service, candidate, stable, percent, ...input }, { router, clock }) {
    const policy: Policy = { ...defaultPolicy, ...input.policy };
    const before = input.memory ?? startMemory(policy);
    const counters = await router.counters(service).catch(unreachable);
    const at = clock.now();
    if (counters instanceof StepFailure) {
      const blind = lookBlind(before, counters.message, at, percent, policy);
      return { ...blind, blindSeconds: (at - (blind.memory.blindSince ?? at)) / 1000 };
    }
    const of = (release: string) => counters.find((each) => each.release === release) ?? null;
    return { ...look(before, { at, candidate: of(candidate), stable: of(stable) }, percent, policy), blindSeconds: 0 };
  },
};

function unreachable(thrown: unknown): StepFailure {
  if (thrown instanceof StepFailure && thrown.name === 'Pointsman.RouterUnreachable') return thrown;
  throw thrown;
}

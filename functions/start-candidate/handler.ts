import * as z from 'zod/mini';
import { digest, epoch, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  release: digest,
  /** Copies that are to run. */
  instances: z.int().check(z.gte(1), z.lte(1000)),
  epoch,
});

export type StartCandidateInput = z.output<typeof input>;

/** Candidate instances that are there now, by id. */
export interface StartCandidateOutput {
  readonly instances: readonly string[];
}

/**
 * Makes a release the candidate and starts what is missing of it; answers before it is ready. Safe to repeat.
 * @throws StepFailure `Pointsman.CandidateExists`, `Pointsman.BadImage`, `Pointsman.LeaseLost`
 */
export const startCandidate: StepFunction<StartCandidateInput, StartCandidateOutput, Pick<Ports, 'target'>> = {
  name: 'start-candidate',
  read: reader('start-candidate', input),
  async run({ service, release, instances, epoch }, { target }) {
    const state = await target.startCandidate(service, release, instances, epoch);
    return { instances: state.instances.filter((instance) => instance.release === release).map(({ id }) => id) };
  },
};

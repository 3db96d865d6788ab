import * as z from 'zod/mini';
import { epoch, owner, reader, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ service: serviceName, owner, epoch });

export type ReleaseLeaseInput = z.output<typeof input>;

/** Gives the service's lease up; one that somebody else holds by now is left alone. Safe to repeat. */
export const releaseLease: StepFunction<ReleaseLeaseInput, { readonly service: string }, Pick<Ports, 'leases'>> = {
  name: 'release-lease',
  read: reader('release-lease', input),
  async run({ service, owner, epoch }, { leases }) {
    await leases.release(service, owner, epoch);
    return { service };
  },
};

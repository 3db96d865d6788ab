import * as z from 'zod/mini';
import { epoch, leaseName, owner, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ lease: leaseName, owner, epoch });

export type ReleaseLeaseInput = z.output<typeof input>;

/** Gives a lease up; one that somebody else holds by now is left alone. Safe to repeat. */
export const releaseLease: StepFunction<ReleaseLeaseInput, { readonly lease: string }, Pick<Ports, 'leases'>> = {
  name: 'release-lease',
  read: reader('release-lease', input),
  async run({ lease, owner, epoch }, { leases }) {
    await leases.release(lease, owner, epoch);
    return { lease };
  },
};

import * as z from 'zod/mini';
import { leaseName, owner, reader, seconds } from '../ports/input.ts';
import type { Lease } from '../ports/leases.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ lease: leaseName, owner, ttlSeconds: seconds });

export type AcquireLeaseInput = z.output<typeof input>;

/**
 * Takes a lease: whoever holds it, and nobody else, changes what it is named after. Its
 * `epoch` goes with every write. Safe to repeat: the holder gets its own lease again.
 * @throws StepFailure `Pointsman.LeaseHeld` naming the holder
 */
export const acquireLease: StepFunction<AcquireLeaseInput, Lease, Pick<Ports, 'leases'>> = {
  name: 'acquire-lease',
  read: reader('acquire-lease', input),
  run: ({ lease, owner, ttlSeconds }, { leases }) => leases.acquire(lease, owner, ttlSeconds),
};

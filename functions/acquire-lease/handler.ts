import * as z from 'zod/mini';
import { owner, reader, seconds, serviceName } from '../ports/input.ts';
import type { Lease } from '../ports/leases.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ service: serviceName, owner, ttlSeconds: seconds });

export type AcquireLeaseInput = z.output<typeof input>;

/**
 * Takes the lease that bears the service's name: whoever holds it, and nobody else, changes what the service runs. Its
 * `epoch` goes with every write. Safe to repeat: the holder gets its own lease again.
 * @throws StepFailure `Pointsman.LeaseHeld` naming the holder
 */
export const acquireLease: StepFunction<AcquireLeaseInput, Lease, Pick<Ports, 'leases'>> = {
  name: 'acquire-lease',
  read: reader('acquire-lease', input),
  run: ({ service, owner, ttlSeconds }, { leases }) => leases.acquire(service, owner, ttlSeconds),
};

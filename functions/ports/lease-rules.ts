import { StepFailure } from '../step-failure.ts';
import type { Lease } from './leases.ts';

interface Claim {
  readonly name: string;
  readonly owner: string;
  readonly ttlSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * The lease after `Leases.acquire`. Pure.
 * @param newestEpoch the highest epoch the name ever had, 0 for none
 * @throws StepFailure `Pointsman.LeaseHeld`
 */
export function acquired(held: Lease | undefined, newestEpoch: number, claim: Claim): Lease {
  const { name, owner, now } = claim;
  const expiresAt = endOf(claim);
  if (held?.owner === owner) return { name, owner, epoch: held.epoch, expiresAt };
  if (held !== undefined && held.expiresAt > now) {
    const until = new Date(held.expiresAt).toISOString();
    throw new StepFailure(
      'Pointsman.LeaseHeld',
      `${name}: ${held.owner} holds the lease until ${until}, with epoch ${held.epoch}; ask again when it is done`,
    );
  }
  return { name, owner, epoch: newestEpoch + 1, expiresAt };
}

/** The lease after `Leases.renew`. Pure. @throws StepFailure `Pointsman.LeaseLost` */
export function renewed(held: Lease | undefined, claim: Claim & { readonly epoch: number }): Lease {
  const { name, owner, epoch } = claim;
  if (held?.owner === owner && held.epoch === epoch) return { name, owner, epoch, expiresAt: endOf(claim) };
  const found = held === undefined ? 'nobody holds it' : `${held.owner} holds it with epoch ${held.epoch}`;
  throw new StepFailure(
    'Pointsman.LeaseLost',
    `${name}: ${owner} asked to keep the lease with epoch ${epoch}, but ${found}; change nothing any more`,
  );
}

const endOf = ({ now, ttlSeconds }: Claim): number => Math.ceil(now + ttlSeconds * 1000);

import * as z from 'zod/mini';
import { epoch, leaseName, owner, reader, seconds } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunOrder } from '../ports/run-orders.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ lease: leaseName, owner, epoch, ttlSeconds: seconds });

export type CheckInInput = z.output<typeof input>;

export interface CheckInOutput {
  /** What a person told this rollout to do. */
  readonly order: 'none' | RunOrder['order'];
  /** Who, and why; empty without an order. */
  readonly by: string;
  readonly reason: string;
  /** What an `escalate` consents to losing at most. */
  readonly allowLoss: RunOrder['allowLoss'] | null;
  /** When it was given, milliseconds since 1970; 0 without an order. */
  readonly at: number;
  /** Of the lease, milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * A run's sign of life: keeps its lease for `ttlSeconds` more and hears what people ordered. Orders are given to the
 * lease's owner, the execution people see. Safe to repeat.
 * @throws StepFailure `Pointsman.LeaseLost` when somebody else took the lease: touch nothing any more
 */
export const checkIn: StepFunction<CheckInInput, CheckInOutput, Pick<Ports, 'leases' | 'orders'>> = {
  name: 'check-in',
  read: reader('check-in', input),
  async run({ lease, owner, epoch, ttlSeconds }, { leases, orders }) {
    const { expiresAt } = await leases.renew(lease, owner, epoch, ttlSeconds);
    const given = await orders.read(owner);
    const { order = 'none', by = '', reason = '', allowLoss = null, at = 0 } = given ?? {};
    return { order, by, reason, allowLoss, at, expiresAt };
  },
};

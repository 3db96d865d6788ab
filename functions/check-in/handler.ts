import * as z from 'zod/mini';
import { epoch, owner, reader, seconds, serviceName } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ service: serviceName, owner, epoch, ttlSeconds: seconds });

export type CheckInInput = z.output<typeof input>;

export interface CheckInOutput {
  /** What a person told this rollout to do. */
  readonly order: 'none' | 'promote' | 'abort';
  /** Who, and why; empty without an order. */
  readonly by: string;
  readonly reason: string;
  /** Of the lease, milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * A rollout's sign of life: keeps its lease for `ttlSeconds` more and hears what people ordered. Orders are given to the
 * lease's owner, the execution people see. Safe to repeat.
 * @throws StepFailure `Pointsman.LeaseLost` when somebody else took the lease: touch nothing any more
 */
export const checkIn: StepFunction<CheckInInput, CheckInOutput, Pick<Ports, 'leases' | 'orders'>> = {
  name: 'check-in',
  read: reader('check-in', input),
  async run({ service, owner, epoch, ttlSeconds }, { leases, orders }) {
    const { expiresAt } = await leases.renew(service, owner, epoch, ttlSeconds);
    const given = await orders.read(owner);
    return { order: given?.order ?? 'none', by: given?.by ?? '', reason: given?.reason ?? '', expiresAt };
  },
};

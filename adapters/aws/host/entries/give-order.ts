import * as z from 'zod/mini';
import { leaseName, owner, reader, text } from '../../../../functions/ports/input.ts';
import type { Ports } from '../../../../functions/ports/ports.ts';
import type { RunOrder } from '../../../../functions/ports/run-orders.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import type { StepFunction } from '../../../../functions/step-function.ts';

const order = {
  order: z.enum(['promote', 'abort', 'pause', 'resume', 'escalate']),
  by: text,
  reason: text,
  /** What an `escalate` consents to losing at most. */
  allowLoss: z.optional(z.object({ bytes: z.number(), seconds: z.number() })),
};

const input = z.union([
  z.object({ ...order, execution: owner }),
  /** Whoever holds the lease: of a service, `group:` a protected group, or `backups:` that group's backups. */
  z.object({ ...order, lease: leaseName }),
]);

export type GiveOrderInput = z.output<typeof input>;

/**
 * Gives a running workflow a person's order, which it hears where it checks in.
 * @throws StepFailure `Pointsman.NothingRuns` when nobody holds the lease
 */
export const giveOrder: StepFunction<GiveOrderInput, RunOrder, Pick<Ports, 'clock' | 'leases' | 'orders'>> = {
  name: 'give-order',
  read: reader('give-order', input),
  async run(asked, { clock, leases, orders }) {
    const execution = 'execution' in asked ? asked.execution : (await leases.read(asked.lease))?.owner;
    if (execution === undefined)
      throw new StepFailure(
        'Pointsman.NothingRuns',
        `nobody holds the lease ${'lease' in asked ? asked.lease : ''}: nothing runs that could hear the order`,
      );
    const { order, by, reason, allowLoss } = asked;
    return orders.give({ execution, order, by, reason, at: clock.now(), ...(allowLoss && { allowLoss }) });
  },
};

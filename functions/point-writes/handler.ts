import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { EndpointState } from '../ports/recovery/write-endpoint.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  /** null: where it points already. */
  site: z.nullable(siteName),
  sessions: z.enum(['open', 'held', 'refused']),
  epoch,
});

export type PointWritesInput = z.output<typeof input>;

export interface PointWritesOutput extends Pick<EndpointState, 'version' | 'sessions'> {
  readonly site: string | null;
  /** Milliseconds since 1970: before the change was asked for, and when it was done. */
  readonly asked: number;
  readonly done: number;
}

/**
 * Points the group's endpoint to a site and opens, holds or refuses sessions, in one change. When it resolves, no session
 * reaches another site through it. Safe to repeat.
 * @throws StepFailure `Pointsman.EndpointChanged`: repeat. `Pointsman.LeaseLost`, `Pointsman.EndpointUnreachable`
 */
export const pointWrites: StepFunction<PointWritesInput, PointWritesOutput, Pick<Ports, 'clock' | 'endpoint'>> = {
  name: 'point-writes',
  read: reader('point-writes', input),
  async run({ group, site, sessions, epoch }, { clock, endpoint }) {
    const asked = clock.now();
    const before = await endpoint.observe(group);
    if (before.epoch > epoch)
      throw new StepFailure(
        'Pointsman.LeaseLost',
        `${group}: the endpoint follows epoch ${before.epoch}, not ${epoch}`,
      );
    const wanted = { site: site ?? before.site, sessions };
    const isSo = before.site === wanted.site && before.sessions === sessions && before.epoch === epoch;
    const after = isSo ? before : await endpoint.change(group, before.version, epoch, wanted);
    return { site: after.site ?? null, sessions: after.sessions, version: after.version, asked, done: clock.now() };
  },
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, epoch });

export type ReturnWritesInput = z.output<typeof input>;

/**
 * The way back while nothing is promoted: the old primary runs, takes writes, and the endpoint is open to it again, whatever
 * of that had been changed. Safe to repeat. `at` is when writes were back, milliseconds since 1970.
 * @throws StepFailure `Pointsman.AlreadyPromoted`: there is no way back any more
 * @throws StepFailure `Pointsman.StillWorking`, `Pointsman.EndpointChanged`: repeat
 * @throws StepFailure `Pointsman.SiteUnreachable`, `Pointsman.EndpointUnreachable`, `Pointsman.LeaseLost`
 */
export const returnWrites: StepFunction<
  ReturnWritesInput,
  { readonly at: number },
  Pick<Ports, 'clock' | 'endpoint' | 'store'>
> = {
  name: 'return-writes',
  read: reader('return-writes', input),
  async run({ group, site, epoch }, { clock, endpoint, store }) {
    await store.start(group, site, epoch);
    await store.thaw(group, site, epoch);
    const { version, sessions, site: pointedTo } = await endpoint.observe(group);
    if (sessions !== 'open' || pointedTo !== site)
      await endpoint.change(group, version, epoch, { site, sessions: 'open' });
    return { at: clock.now() };
  },
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, scratch: groupName, epoch });

export type StageDrillInput = z.output<typeof input>;

/**
 * Makes a group of its own out of copies of a standby, opens its endpoint, and then ends its primary: the disaster that is
 * rehearsed. The real group is only read. Safe to repeat. `from` is the primary that was ended.
 * @throws StepFailure `Pointsman.NoPrimary` when the copies have none
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`
 */
export const stageDrill: StepFunction<
  StageDrillInput,
  { readonly scratch: string; readonly from: string },
  Pick<Ports, 'endpoint' | 'store'>
> = {
  name: 'stage-drill',
  read: reader('stage-drill', input),
  async run({ group, scratch, epoch }, { endpoint, store }) {
    await store.stage(group, scratch, epoch);
    const { sites } = await store.observe(scratch);
    const from = sites.find(({ role }) => role === 'primary')?.site;
    if (from === undefined)
      throw new StepFailure('Pointsman.NoPrimary', `${scratch}: none of its ${sites.length} copies is a primary`);
    const { version, site, sessions } = await endpoint.observe(scratch);
    if (site !== from || sessions !== 'open')
      await endpoint.change(scratch, version, epoch, { site: from, sessions: 'open' });
    await store.fence(scratch, from, epoch, 'stop');
    return { scratch, from };
  },
};

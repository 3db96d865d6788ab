import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName, token } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, leader: siteName, epoch, token });

export type FollowSiteInput = z.output<typeof input>;

/**
 * Makes the stopped old primary, or another standby, follow the new primary as it is. Safe to repeat.
 * @throws StepFailure `Pointsman.Diverged`: it has something the leader has not; rebuild it
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`
 */
export const followSite: StepFunction<FollowSiteInput, { readonly site: string }, Pick<Ports, 'store'>> = {
  name: 'follow-site',
  read: reader('follow-site', input),
  async run({ group, site, leader, epoch, token }, { store }) {
    await store.follow(group, site, leader, epoch, token);
    return { site };
  },
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { siteIn } from '../ports/recovery/candidates.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, leader: siteName, epoch });

export type RebuildSiteInput = z.output<typeof input>;

/** Where the old data lies, in words; null when there was none. */
export interface RebuildSiteOutput {
  readonly site: string;
  readonly quarantine: string | null;
}

/**
 * Makes a site a standby of `leader` without trusting what it holds: that is put into quarantine, never deleted, and a copy
 * is made. An old primary that still runs is stopped first. Safe to repeat.
 * @throws StepFailure `Pointsman.NotFenced` when it runs as a primary and could not be stopped
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`
 */
export const rebuildSite: StepFunction<RebuildSiteInput, RebuildSiteOutput, Pick<Ports, 'store'>> = {
  name: 'rebuild-site',
  read: reader('rebuild-site', input),
  async run({ group, site, leader, epoch }, { store }) {
    const now = siteIn(await store.observe(group), site);
    const mayWrite = now?.reach === 'silent' || (now?.reach === 'answers' && now.role === 'primary');
    const fence = mayWrite ? await store.fence(group, site, epoch, 'stop') : undefined;
    if (fence?.confirmed === false)
      throw new StepFailure(
        'Pointsman.NotFenced',
        `${group}: ${site} may still write and was not stopped: ${fence.evidence}`,
      );
    const { quarantine = null } = await store.rebuild(group, site, leader, epoch);
    return { site, quarantine };
  },
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { SwitchoverToken } from '../ports/recovery/replicated-store.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, epoch });

export type StopSiteInput = z.output<typeof input>;

/**
 * Stops a primary after its standbys were sent all it had, and gives the proof of where it ended. Safe to repeat.
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.UncleanStop`, `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`
 */
export const stopSite: StepFunction<StopSiteInput, SwitchoverToken, Pick<Ports, 'store'>> = {
  name: 'stop-site',
  read: reader('stop-site', input),
  run: ({ group, site, epoch }, { store }) => store.stop(group, site, epoch),
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Position } from '../ports/recovery/position.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, epoch });

export type FreezeSiteInput = z.output<typeof input>;

/**
 * Makes a primary refuse writes. `position` is the end of all it had acknowledged; null where the platform shows none.
 * Safe to repeat. @throws StepFailure `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`, `Pointsman.StillWorking`
 */
export const freezeSite: StepFunction<FreezeSiteInput, { readonly position: Position | null }, Pick<Ports, 'store'>> = {
  name: 'freeze-site',
  read: reader('freeze-site', input),
  run: async ({ group, site, epoch }, { store }) => ({ position: (await store.freeze(group, site, epoch)) ?? null }),
};

import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { fenceResult, groupName, siteName, token } from '../ports/recovery/recovery-input.ts';
import type { Promotion } from '../ports/recovery/replicated-store.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  site: siteName,
  epoch,
  /** Proof that the old primary has ended; without one a confirmed fence, or a person's word. */
  token: z.nullable(token),
  fences: z.array(fenceResult),
  /** Who vouched, by name, that the old primary cannot write; null: nobody. */
  vouchedBy: z.nullable(z.string()),
});

export type PromoteSiteInput = z.output<typeof input>;

/**
 * Makes a standby the primary: the point of no return. What makes it safe is looked at first: a token, a confirmed fence or
 * a person's word, and that no other site answers as a primary that takes writes. An unknown outcome is observed by the
 * next call, never repeated blindly.
 * @throws StepFailure `Pointsman.NotFenced`, `Pointsman.NotCaughtUp`, `Pointsman.NotStandby`: nothing was promoted
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.SiteUnreachable`, `Pointsman.LeaseLost`
 */
export const promoteSite: StepFunction<PromoteSiteInput, Promotion, Pick<Ports, 'store'>> = {
  name: 'promote-site',
  read: reader('promote-site', input),
  async run({ group, site, epoch, token, fences, vouchedBy }, { store }) {
    const isSafe = token !== null || vouchedBy !== null || fences.some(({ confirmed }) => confirmed);
    if (!isSafe)
      throw new StepFailure(
        'Pointsman.NotFenced',
        `${group}: asked to promote ${site} without proof that the old primary has ended: no token, and no fence was confirmed`,
      );
    const { sites } = await store.observe(group, 'brief');
    const rival = sites.find((other) => other.site !== site && other.role === 'primary' && other.writes === 'accepted');
    if (rival !== undefined)
      throw new StepFailure(
        'Pointsman.NotFenced',
        `${group}: asked to promote ${site}, but ${rival.site} answers as a primary that takes writes`,
      );
    return store.promote(group, site, epoch, token ?? undefined);
  },
};

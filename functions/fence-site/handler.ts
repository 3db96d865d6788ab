import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { fenceLevel, type fenceResult, groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, level: fenceLevel, epoch });

export type FenceSiteInput = z.output<typeof input>;

export interface FenceSiteOutput {
  readonly fence: z.output<typeof fenceResult>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * One rung of the ladder that keeps an old primary from writing. What it could not do is in its result; only `confirmed`
 * makes a promotion safe. Safe to repeat. @throws StepFailure `Pointsman.LeaseLost`
 */
export const fenceSite: StepFunction<FenceSiteInput, FenceSiteOutput, Pick<Ports, 'clock' | 'store'>> = {
  name: 'fence-site',
  read: reader('fence-site', input),
  async run({ group, site, level, epoch }, { clock, store }) {
    const { confirmed, evidence, selfStopBy = null } = await store.fence(group, site, epoch, level);
    return { fence: { level, confirmed, evidence, selfStopBy }, at: clock.now() };
  },
};

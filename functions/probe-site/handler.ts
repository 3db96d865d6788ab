import * as z from 'zod/mini';
import { epoch, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, site: siteName, epoch });

export type ProbeSiteInput = z.output<typeof input>;

/**
 * Writes, reads and deletes a row at a site as a client would. `at` is when that had worked, milliseconds since 1970.
 * Safe to repeat. @throws StepFailure `Pointsman.ProbeFailed`, `Pointsman.LeaseLost`
 */
export const probeSite: StepFunction<ProbeSiteInput, { readonly at: number }, Pick<Ports, 'clock' | 'store'>> = {
  name: 'probe-site',
  read: reader('probe-site', input),
  async run({ group, site, epoch }, { clock, store }) {
    await store.probe(group, site, epoch);
    return { at: clock.now() };
  },
};

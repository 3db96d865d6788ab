import * as z from 'zod/mini';
import { reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ scratch: groupName });

export type EndDrillInput = z.output<typeof input>;

/**
 * Ends and deletes what a rehearsal was staged on. Safe to repeat.
 * @throws StepFailure `Pointsman.NotScratch`: it was not staged; nothing was touched. `Pointsman.StillWorking`: repeat
 */
export const endDrill: StepFunction<EndDrillInput, { readonly scratch: string }, Pick<Ports, 'store'>> = {
  name: 'end-drill',
  read: reader('end-drill', input),
  async run({ scratch }, { store }) {
    await store.unstage(scratch);
    return { scratch };
  },
};

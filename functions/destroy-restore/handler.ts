import * as z from 'zod/mini';
import { reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { restorePin, unpin } from '../ports/recovery/pins.ts';
import { groupName, scratchName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, scratch: scratchName });

export type DestroyRestoreInput = z.output<typeof input>;

/**
 * Ends and deletes a restored store, and lets go of the backup that was held for it. Safe to repeat.
 * @throws StepFailure `Pointsman.StillWorking`
 */
export const destroyRestore: StepFunction<
  DestroyRestoreInput,
  { readonly scratch: string },
  Pick<Ports, 'backups' | 'catalog'>
> = {
  name: 'destroy-restore',
  read: reader('destroy-restore', input),
  async run({ group, scratch }, { backups, catalog }) {
    await backups.destroy(group, scratch);
    await unpin(catalog, await catalog.list(group), (reason) => reason === restorePin(scratch));
    return { scratch };
  },
};

import * as z from 'zod/mini';
import { instant, reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Restored } from '../ports/recovery/backup-engine.ts';
import { covers } from '../ports/recovery/position.ts';
import { groupName, position, scratchName, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  site: siteName,
  backup: text,
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('moment'), at: instant }),
    z.object({ kind: z.literal('name'), name: text }),
    z.object({ kind: z.literal('position'), position }),
    z.object({ kind: z.literal('latest') }),
  ]),
  branch: text,
  scratch: scratchName,
  /** What the restore must have at least, as `plan-restore` found it. */
  atLeast: position,
});

export type RestoreBackupInput = z.output<typeof input>;

export type RestoreBackupOutput = Omit<Restored, 'lastChangeAt'> & { readonly lastChangeAt: number | null };

/**
 * Restores a backup beside what runs, and never believes a restore that ended short of its target. Safe to repeat.
 * @throws StepFailure `Pointsman.TargetNotReached`, `Pointsman.BackupUnusable`, `Pointsman.StillWorking`
 */
export const restoreBackup: StepFunction<RestoreBackupInput, RestoreBackupOutput, Pick<Ports, 'backups'>> = {
  name: 'restore-backup',
  read: reader('restore-backup', input),
  async run({ atLeast, ...order }, { backups }) {
    const { lastChangeAt = null, ...restored } = await backups.restore(order);
    if (!covers(restored.position, atLeast))
      throw new StepFailure(
        'Pointsman.TargetNotReached',
        `${order.backup} was restored to ${restored.position.offset}, short of ${atLeast.offset}: it does not hold what was asked for`,
      );
    return { ...restored, lastChangeAt };
  },
};

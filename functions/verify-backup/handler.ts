import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, id: text, site: siteName });

export type VerifyBackupInput = z.output<typeof input>;

export interface VerifyBackupOutput {
  readonly id: string;
  readonly site: string;
  /** Milliseconds since 1970; null where the platform shows nobody the bytes. */
  readonly intactAt: number | null;
  /** Why they could not be read, and that it looks well from outside; absent when they were. */
  readonly unread?: string;
}

/**
 * Reads every byte of a backup and its chain at one site, and notes in the catalog that they were whole; of one that is not,
 * the note is taken away. Of a platform's own snapshots, whose bytes nobody sees, nothing is noted: only a restore proves them.
 * @throws StepFailure `Pointsman.BackupDamaged` naming every problem; `Pointsman.StillWorking`
 */
export const verifyBackup: StepFunction<
  VerifyBackupInput,
  VerifyBackupOutput,
  Pick<Ports, 'backups' | 'catalog' | 'clock'>
> = {
  name: 'verify-backup',
  read: reader('verify-backup', input),
  async run({ group, id, site }, { backups, catalog, clock }) {
    const verified = await backups.verify(group, id, site).catch((thrown: unknown) => {
      if (thrown instanceof StepFailure && thrown.name === 'Pointsman.NotOffered') return thrown;
      throw thrown;
    });
    if (verified instanceof StepFailure) return { id, site, intactAt: null, unread: verified.message };
    const { intact, problems } = verified;
    const record = (await catalog.list(group)).find((each) => each.id === id);
    const { [site]: _before, ...elsewhere } = record?.intactAt ?? {};
    const intactAt = clock.now();
    await catalog.note(group, id, { intactAt: intact ? { ...elsewhere, [site]: intactAt } : elsewhere });
    if (!intact) throw new StepFailure('Pointsman.BackupDamaged', `${id} at ${site}: ${problems.join('; ')}`);
    return { id, site, intactAt };
  },
};

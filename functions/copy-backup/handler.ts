import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, id: text, from: siteName, to: siteName });

export type CopyBackupInput = z.output<typeof input>;

export interface CopyBackupOutput {
  readonly id: string;
  readonly site: string;
  readonly bytes: number;
  /** A lock that nobody can lift ends then; null without one. */
  readonly lockedUntil: number | null;
}

/**
 * Copies a backup and what it stands on into another site's vault, under that site's key. Safe to repeat.
 * @throws StepFailure `Pointsman.StillWorking`, `Pointsman.BackupUnusable`, `Pointsman.NoSuchBackup`
 */
export const copyBackup: StepFunction<CopyBackupInput, CopyBackupOutput, Pick<Ports, 'backups'>> = {
  name: 'copy-backup',
  read: reader('copy-backup', input),
  async run({ group, id, from, to }, { backups }) {
    const { site, bytes, lockedUntil } = await backups.copy(group, id, from, to);
    return { id, site, bytes, lockedUntil };
  },
};

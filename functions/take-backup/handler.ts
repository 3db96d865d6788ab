import * as z from 'zod/mini';
import { epoch, reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Backup } from '../ports/recovery/backup-engine.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  id: text,
  group: groupName,
  site: siteName,
  kind: z.enum(['full', 'incremental']),
  /** Null of a full one. */
  parent: z.nullable(text),
  epoch,
});

export type TakeBackupInput = z.output<typeof input>;

/** The backup, with the size of its proof in place of the proof. */
export interface TakeBackupOutput extends Omit<Backup, 'proof'> {
  /** Tables and rows that were counted when it was taken; null when nothing was. */
  readonly proof: { readonly tables: number; readonly rows: number } | null;
}

/**
 * Takes a backup at one site. Safe to repeat: the id's backup is taken once.
 * @throws StepFailure `Pointsman.StillWorking`, `Pointsman.NoParent`, `Pointsman.LeaseLost`
 */
export const takeBackup: StepFunction<TakeBackupInput, TakeBackupOutput, Pick<Ports, 'backups'>> = {
  name: 'take-backup',
  read: reader('take-backup', input),
  async run(order, { backups }) {
    const { proof, ...backup } = await backups.take(order);
    const tables = proof?.contents.tables ?? [];
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { ...backup, proof: proof === null ? null : { tables: tables.length, rows } };
  },
};

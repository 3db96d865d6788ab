import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { pin } from '../ports/recovery/pins.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({ group: groupName, backup: text, reason: text });

export type PinBackupInput = z.output<typeof input>;

/** Keeps a backup from retention for a reason that people read, until the pin is taken away. Safe to repeat. */
export const pinBackup: StepFunction<PinBackupInput, { readonly backup: string }, Pick<Ports, 'catalog'>> = {
  name: 'pin-backup',
  read: reader('pin-backup', input),
  async run({ group, backup, reason }, { catalog }) {
    await pin(catalog, group, backup, reason);
    return { backup };
  },
};

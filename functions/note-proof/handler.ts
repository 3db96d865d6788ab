import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, siteName } from '../ports/recovery/recovery-input.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  backup: text,
  /** Whose vault it was restored from. */
  site: siteName,
  /** Whether the restore held what it should. */
  proven: z.boolean(),
});

export type NoteProofInput = z.output<typeof input>;

export interface NoteProofOutput {
  readonly backup: string;
  /** Milliseconds since 1970; null: it is not known to be restorable. */
  readonly lastVerifiedAt: number | null;
}

/**
 * Notes what a restore has shown of a backup. One that could not be restored, or held something else, is no longer counted as
 * intact at that site, whatever its bytes looked like: retention trusts nothing newer on its account. Safe to repeat.
 */
export const noteProof: StepFunction<NoteProofInput, NoteProofOutput, Pick<Ports, 'catalog' | 'clock'>> = {
  name: 'note-proof',
  read: reader('note-proof', input),
  async run({ group, backup, site, proven }, { catalog, clock }) {
    const lastVerifiedAt = proven ? clock.now() : null;
    const record = (await catalog.list(group)).find(({ id }) => id === backup);
    const { [site]: _here, ...elsewhere } = record?.intactAt ?? {};
    await catalog.note(group, backup, proven ? { lastVerifiedAt } : { lastVerifiedAt, intactAt: elsewhere });
    return { backup, lastVerifiedAt };
  },
};

import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, position, scratchName, siteName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';
import { differencesOf } from './differences.ts';

const input = z.object({
  group: groupName,
  scratch: scratchName,
  /** What was restored, and from where. */
  backup: text,
  site: siteName,
  /** Where the restore ended. */
  position,
});

export type InspectRestoreInput = z.output<typeof input>;

export interface InspectRestoreOutput {
  /** Whether there was something to compare with: a proof of the very position that was restored. */
  readonly compared: boolean;
  readonly tables: number;
  readonly rows: number;
}

/** Differences named in a failure; the rest are counted. */
const MOST_NAMED = 20;

/**
 * Looks at what a restored store holds. Where it ended at the position of the backup's proof, structure, rows and checksums must
 * be those of the proof; anywhere else there is nothing to compare with, and the output says so. Changes nothing.
 * @throws StepFailure `Pointsman.RestoreDiffers` naming each difference
 */
export const inspectRestore: StepFunction<InspectRestoreInput, InspectRestoreOutput, Pick<Ports, 'backups'>> = {
  name: 'inspect-restore',
  read: reader('inspect-restore', input),
  async run({ group, scratch, backup, site, position: reached }, { backups }) {
    const held = await backups.inspect(group, scratch);
    const proof = (await backups.list(group, site)).find(({ id }) => id === backup)?.proof ?? null;
    const compared = proof !== null && proof.at.offset === reached.offset && proof.at.branch === reached.branch;
    const differences = compared ? differencesOf(proof.contents, held) : [];
    if (differences.length > 0) {
      const named = differences.slice(0, MOST_NAMED);
      const more = differences.length > MOST_NAMED ? [`and ${differences.length - MOST_NAMED} more`] : [];
      throw new StepFailure('Pointsman.RestoreDiffers', `${backup} in ${scratch}: ${[...named, ...more].join('; ')}`);
    }
    const rows = held.tables.reduce((sum, table) => sum + table.rows, 0);
    return { compared, tables: held.tables.length, rows };
  },
};

import * as z from 'zod/mini';
import { epoch, owner, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { groupName, promotion, siteName } from '../ports/recovery/recovery-input.ts';
import type { LostRow, LostWrites } from '../ports/recovery/replicated-store.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  /** The old primary, fenced. */
  site: siteName,
  epoch,
  promotion,
  /** The failover whose recorded run is completed with what is found; null: it records its run itself. */
  execution: z.nullable(owner),
});

export type FindLostWritesInput = z.output<typeof input>;

/** A workflow carries at most 256 KiB; the report's other parts need room too. */
const ROOM_BYTES = 128 * 1024;

/**
 * What the old primary had acknowledged and the new one never had, row by row, read from its untouched data. Rows past
 * 128 KiB are left out and said to be: `rowCount` counts all. Safe to repeat.
 * @throws StepFailure `Pointsman.SiteUnreachable`: the old data cannot be reached; ask again later
 * @throws StepFailure `Pointsman.StillWorking`: repeat. `Pointsman.LeaseLost`
 */
export const findLostWrites: StepFunction<FindLostWritesInput, LostWrites, Pick<Ports, 'runs' | 'store'>> = {
  name: 'find-lost-writes',
  read: reader('find-lost-writes', input),
  async run({ group, site, epoch, promotion, execution }, { runs, store }) {
    const all = await store.lostWrites(group, site, epoch, promotion);
    const rows = fitting(all.rows);
    const lost = { ...all, rows, truncated: all.truncated || rows.length < all.rows.length };
    const run = execution === null ? undefined : await runs.read(execution);
    if (run !== undefined) {
      const measured = { lostBytes: lost.bytes, lostCommits: lost.commits.length, lostRows: lost.rowCount };
      await runs.record({ ...run, lost: all, rpo: run.rpo && { ...run.rpo, ...measured } });
    }
    return lost;
  },
};

function fitting(rows: readonly LostRow[]): readonly LostRow[] {
  let bytes = 0;
  return rows.filter((row) => (bytes += Buffer.byteLength(JSON.stringify(row))) <= ROOM_BYTES);
}

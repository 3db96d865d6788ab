import * as z from 'zod/mini';
import { reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { pin, unpin } from '../ports/recovery/pins.ts';
import type { Position } from '../ports/recovery/position.ts';
import { runningPrimary } from '../ports/recovery/running-primary.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  /** By which this moment can be restored. */
  name: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,60}$/, 'a name is letters, digits, ".", "_" and "-", at most 60')),
  /** Whose point it is: `deploy of shop`. Of each holder the newest points keep their backups. */
  holder: text,
});

export type MarkPointInput = z.output<typeof input>;

export interface MarkPointOutput {
  readonly name: string;
  readonly position: Position;
  /** The backup that it is restored from. */
  readonly backup: string;
}

/** Points of a holder whose backups stay pinned; nobody goes back further than a few releases. */
const POINTS_KEPT = 3;

/**
 * Makes this moment one that can be come back to: marks it in the primary, and pins the newest good backup, from which it is
 * restored. Safe to repeat.
 * @throws StepFailure `Pointsman.NoBackup` without a good backup; `Pointsman.StoreBusy`
 */
export const markPoint: StepFunction<MarkPointInput, MarkPointOutput, Pick<Ports, 'store' | 'backups' | 'catalog'>> = {
  name: 'mark-point',
  read: reader('mark-point', input),
  async run({ group, name, holder }, { store, backups, catalog }) {
    const { site } = await runningPrimary(store, group);
    const [there, records] = await Promise.all([backups.list(group, site), catalog.list(group)]);
    const good = new Set(records.filter(({ intactAt }) => intactAt[site] !== undefined).map(({ id }) => id));
    const own = `${holder}: `;
    const reason = `${own}${name}`;
    const held = records.find(({ pins }) => pins.includes(reason))?.id;
    const backup = held ?? there.findLast(({ id }) => good.has(id))?.id;
    if (backup === undefined)
      throw new StepFailure(
        'Pointsman.NoBackup',
        `${group}: ${name} could not be come back to: ${site} has no backup that was found intact; take one first`,
      );
    await pin(catalog, group, backup, reason);
    const position = await backups.mark(group, site, name);
    await letGo(own);
    return { name, position, backup };

    async function letGo(prefix: string): Promise<void> {
      const now = await catalog.list(group);
      const age = new Map(there.map(({ id }, i) => [id, i]));
      const pins = now
        .toSorted((a, b) => (age.get(a.id) ?? -1) - (age.get(b.id) ?? -1))
        .flatMap((record) => record.pins.filter((each) => each.startsWith(prefix)));
      const over = new Set(pins.slice(0, -POINTS_KEPT));
      await unpin(catalog, now, (each) => over.has(each));
    }
  },
};

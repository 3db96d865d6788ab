import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type Contents, contentsOf } from '../contents.ts';
import { ask } from '../sql.ts';
import { group, play, promise, type Stage, valueOf } from '../stage.ts';
import type { Act } from './act.ts';

const point = 'before-migration';
const writtenAfterMs = 500;
const restored = z.looseObject({ address: z.string() });

/** A moment is given a name, a migration goes wrong, and the store as it was at that moment is restored beside it. */
export const pointInTime: Act = {
  title: '5 back to a named point',
  async play(stage) {
    const { say, writer, pointsman, address, admins, signal } = stage;
    await writer.pause();
    const before = await contentsOf(address);
    say(`  $ pointsman recovery mark ${group} ${point}`);
    valueOf(await pointsman('recovery', 'mark', group, point), 'mark');
    writer.resume();
    await sleep(writtenAfterMs, undefined, { signal });
    say('  a bad migration: every third order is deleted, and all others lose their note');
    await ask(address, 'DELETE FROM orders WHERE id % 3 = 0');
    await ask(address, `UPDATE orders SET note = 'migrated'`);
    const after = await contentsOf(address);

    const run = await play(stage, 'restore', group, '--point', point);
    const back = await restoredContents(run.details['restored'], admins.north);
    say(`    before ${words(before)}; after the migration ${words(after)}; restored ${words(back)}`);
    return {
      runs: [run],
      found: [
        promise('the restore reached the point', run.outcome === 'done', run.reason || run.outcome),
        promise(
          'its rows are those from before the migration',
          back?.checksum === before.checksum && back.rows === before.rows && after.checksum !== before.checksum,
          `${before.rows} before, ${back?.rows ?? 'none'} restored; ${before.checksum.slice(0, 8)} and ${back?.checksum.slice(0, 8)}`,
        ),
      ],
    };
  },
};

async function restoredContents(raw: unknown, like: Stage['address']): Promise<Contents | undefined> {
  const found = restored.safeParse(raw);
  if (!found.success) return undefined;
  const port = Number(new URL(found.data.address).port);
  return contentsOf({ ...like, port });
}

const words = (contents: Contents | undefined): string =>
  contents === undefined ? 'nothing' : `${contents.rows} rows ${contents.checksum.slice(0, 8)}`;

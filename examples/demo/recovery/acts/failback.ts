import { setTimeout as sleep } from 'node:timers/promises';
import { caughtUp, contentsOf } from '../contents.ts';
import { readGroup, readiness } from '../recovery-api.ts';
import { group, play, promise, type Stage, valueOf } from '../stage.ts';
import type { Act } from './act.ts';
import { missingKeys } from './planned-switchovers.ts';

const backupWithinMs = 40_000;

/** The old side is made a standby again, then the primary moves home as planned. */
export const failback: Act = {
  title: '4 failback home',
  async play(stage) {
    const { say, writer, endpoint, sites, admins, signal } = stage;
    await untilBackedUp(stage);
    const run = await play(stage, 'failback', group, '--reason', 'north has power again');
    const { site } = await readGroup(endpoint, group);
    await writer.pause();
    await caughtUp(admins.north, admins.south, signal);
    const [north, south] = [await contentsOf(sites.north), await contentsOf(sites.south)];
    const missing = await missingKeys(stage, sites.north);
    writer.resume();
    say(`    north ${north.rows} rows ${north.checksum}, south ${south.rows} rows ${south.checksum}`);
    return {
      runs: [run],
      found: [
        promise(
          'north is the primary again',
          run.outcome === 'done' && site === 'north',
          `${run.outcome}, writes go to ${site}`,
        ),
        promise(
          'both sides hold the same',
          north.rows === south.rows && north.checksum === south.checksum,
          `${north.rows} and ${south.rows} rows, ${north.checksum.slice(0, 8)} and ${south.checksum.slice(0, 8)}`,
        ),
        promise(
          'no other acknowledged row is missing',
          missing.length === 0,
          `${missing.length} of ${writer.acks.length}`,
        ),
      ],
    };
  },
};

/** A failover ends with a fresh backup of the new primary; the move home begins when it is there. */
async function untilBackedUp({ pointsman, say, signal }: Stage): Promise<void> {
  for (const from = Date.now(); Date.now() - from < backupWithinMs; await sleep(500, undefined, { signal })) {
    const answer = await pointsman('recovery', 'readiness', group, '--mode', 'failback');
    const { checks } = readiness.parse(valueOf(answer, 'readiness'));
    if (checks.find(({ name }) => name === 'other-runs')?.status === 'pass') return;
  }
  say('    the fresh backup is not there yet; going on');
}

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Promotion, SwitchoverToken } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { keepLog } from '../server/append-only-file.ts';
import type { Redis } from '../wire/redis-session.ts';
import { applyWrites, bringUp, logComplete } from './bring-up.ts';
import type { KeptSite } from './kept-site.ts';
import { hasAll, replicationFacts, type ReplicationFacts } from './replication-facts.ts';

/** Where the data of a site as it was at a fork is kept, to count by what a failover lost. */
export const forkFolder = (site: KeptSite, branch: string): string => join(site.folder, 'forks', branch);

/** How many of them; the oldest go. */
const KEPT_FORKS = 3;

/** @param generation higher than any other's in the group */
export async function promoteSite(
  site: KeptSite,
  epoch: number,
  token: SwitchoverToken | undefined,
  generation: number,
): Promise<Promotion> {
  const record = await site.record();
  const begun = record.promotion?.epoch === epoch ? record.promotion : undefined;
  if (record.role === 'primary' && begun === undefined)
    throw new StepFailure('Pointsman.NotStandby', `${site.label} is primary already, and not by epoch ${epoch}`);
  if (begun !== undefined && record.wanted === 'running') await bringUp(site);
  if (begun?.done) return begun.done;

  await logComplete(site); // else what it was sent would neither outlive a crash nor be known at the fork
  return site.reach(4000, async (redis) => {
    const before = await settled(redis);
    if (before.role === 'standby') {
      if (token !== undefined && !hasAll(before, token.end))
        throw new StepFailure(
          'Pointsman.NotCaughtUp',
          `${site.label} ends at ${before.end.offset} of ${before.end.branch}; the token ends at ${token.end.offset} of ${token.end.branch}`,
        );
      // Noted first: whatever happens from here on, it comes back as primary, and only this promotion goes on.
      await site.note(
        {
          role: 'primary',
          leader: null,
          generation,
          wanted: 'running',
          frozen: false,
          isolated: false,
          detached: false,
          guarded: false,
          token: null,
          promotion: { epoch, fork: before.end, done: null },
        },
        epoch,
      );
      await site.configure();
      await redis('REPLICAOF', 'NO', 'ONE');
    }
    const after = await replicationFacts(redis);
    const fork = after.parent ?? (await site.record()).promotion?.fork ?? before.end;
    await keepLog(site.folders.data, forkFolder(site, after.end.branch)); // writes are refused until the line after next
    const done = { site: site.name, fork, branch: after.end.branch, at: Date.now() };
    await site.note({ promotion: { epoch, fork, done } });
    await applyWrites(site);
    await forgetForks(site, done.branch);
    return done;
  });
}

/** Everything that was sent is applied: the primary's connection has ended, or brings nothing more. */
async function settled(redis: Redis): Promise<ReplicationFacts> {
  let facts = await replicationFacts(redis);
  for (let still = 0, left = 100; facts.role === 'standby' && facts.isLinked && still < 3 && left > 0; left -= 1) {
    await pause(3);
    const next = await replicationFacts(redis);
    still = next.end.offset === facts.end.offset ? still + 1 : 0;
    facts = next;
  }
  return facts;
}

async function forgetForks(site: KeptSite, newest: string): Promise<void> {
  const { promotion } = await site.record();
  const folder = join(site.folder, 'forks');
  const all = (await readdir(folder)).filter((branch) => branch !== newest && branch !== promotion?.done?.branch);
  for (const branch of all.slice(0, Math.max(0, all.length - KEPT_FORKS + 1)))
    await rm(join(folder, branch), { recursive: true });
}

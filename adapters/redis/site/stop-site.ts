import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SwitchoverToken } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { readRdbEnd } from '../server/read-rdb-end.ts';
import { RedisFailure } from '../wire/resp.ts';
import { Unanswered, type Redis } from '../wire/redis-session.ts';
import { pauseWrites } from './bring-up.ts';
import { assertPrimary } from './freeze-site.ts';
import { stillWorking, type KeptSite } from './kept-site.ts';
import { hasAll, replicationFacts } from './replication-facts.ts';

/**
 * Ends a primary with `SHUTDOWN SAVE` when its standbys have all it has; the file it saves says where it ended. The standbys are asked
 * themselves: what a primary knows of them is up to a second old, which is all that Redis' own wait for them goes by.
 */
export async function stopSite(site: KeptSite, others: readonly KeptSite[], epoch: number): Promise<SwitchoverToken> {
  const record = await site.record();
  assertPrimary(site, record);
  if (record.token !== null && site.server.pid() === undefined) return record.token;
  if (site.server.pid() !== undefined) {
    await site.note({ wanted: 'stopped' });
    await site.reach(4500, async (redis) => {
      await pauseWrites(redis);
      await standbysHaveAll(site, redis, others);
      await nothingIsSaved(site, redis);
      await rm(dumpOf(site), { force: true });
      await site.note({ stopping: true });
      await shutDown(site, redis);
    });
    if (!(await site.server.ended(2000))) throw stillWorking(site, 'saves its data and ends');
  }
  const end = (await site.record()).stopping ? await readRdbEnd(dumpOf(site)) : undefined;
  if (end === undefined)
    throw new StepFailure(
      'Pointsman.UncleanStop',
      `${site.label} did not end by saving its data: nothing proves where it ended`,
    );
  const token = { lineage: record.lineage, site: site.name, end, epoch, at: Date.now() };
  await site.note({ token, cleanEnd: end, stopping: false });
  return token;
}

const dumpOf = ({ folders }: KeptSite): string => join(folders.data, 'dump.rdb');

async function standbysHaveAll(site: KeptSite, redis: Redis, others: readonly KeptSite[]): Promise<void> {
  for (const deadline = Date.now() + 3000; Date.now() < deadline; await pause(3)) {
    const { end } = await replicationFacts(redis);
    const missing = await Promise.all(others.map((other) => lacks(other, end)));
    if (!missing.includes(true)) return;
  }
  throw stillWorking(site, 'waits for its standbys to have all it has');

  async function lacks(other: KeptSite, end: { branch: string; offset: string }): Promise<boolean> {
    const { role, leader, detached } = await other.record();
    if (role !== 'standby' || leader !== site.name || detached || other.server.pid() === undefined) return false;
    const facts = await other.admin(1000, replicationFacts).catch(() => undefined);
    // One that is not linked gets nothing more of this primary, however long it waits.
    return facts === undefined || (facts.isLinked && !hasAll(facts, end));
  }
}

/** A save that began earlier would leave an older file behind. */
async function nothingIsSaved(site: KeptSite, redis: Redis): Promise<void> {
  for (const deadline = Date.now() + 1000; Date.now() < deadline; await pause(5))
    if ((await redis.info('persistence'))['rdb_bgsave_in_progress'] === '0') return;
  throw stillWorking(site, 'is being backed up');
}

/** @throws StepFailure `Pointsman.UncleanStop` when it could not save, and runs on */
async function shutDown(site: KeptSite, redis: Redis): Promise<void> {
  try {
    await redis('SHUTDOWN', 'SAVE', 'NOW');
  } catch (error) {
    if (error instanceof Unanswered) return; // as it should be: it is gone, or saves still
    if (!(error instanceof RedisFailure)) throw error;
    throw new StepFailure('Pointsman.UncleanStop', `${site.label} cannot save its data: ${error.message}`, {
      cause: error,
    });
  }
}

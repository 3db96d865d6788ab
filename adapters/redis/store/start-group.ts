import { randomUUID } from 'node:crypto';
import { bringUp } from '../site/bring-up.ts';
import { becomeStandby } from '../site/follow-leader.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { newRecord, readRecord, writeRecord, type SiteRecord } from '../site/site-record.ts';
import { pauseWrites } from '../site/bring-up.ts';
import type { GroupPlace, GroupPlaces } from './group-place.ts';
import { markStream } from './mark-stream.ts';
import { stagedGroups, unstageGroup } from './stage-group.ts';

/**
 * Makes a new group, the first site its primary, or starts the servers of one that is there in the roles they have. A site that was
 * stopped or fenced stays so, and so does a primary behind which another was promoted.
 */
export async function startGroup(place: GroupPlace): Promise<void> {
  const [first, ...others] = place.sites;
  if (first === undefined) return;
  if ((await readRecord(first.folder)) === undefined)
    await writeRecord(first.folder, newRecord(randomUUID(), 'primary', null));
  const { lineage } = await first.record();
  for (const site of others)
    if ((await readRecord(site.folder)) === undefined)
      await writeRecord(site.folder, newRecord(lineage, 'standby', await primaryOf(place)));
  const all = await Promise.all(place.sites.map(async (site) => ({ site, record: await site.record() })));
  const leading = newest(all);
  const running = all.filter(({ record }) => record.wanted === 'running');
  for (const { site, record } of running) if (record.role === 'primary' && site === leading?.site) await bringUp(site);
  const leaderUp = running.some(({ site }) => site === leading?.site);
  for (const { site, record } of running) {
    if (record.role !== 'standby') continue;
    if (leaderUp && leading !== undefined && record.leader === leading.site.name && !record.detached)
      await becomeStandby(site, leading.site);
    else await bringUp(site);
  }
  if (leaderUp && leading !== undefined) await markStream(leading.site, place.options.selfFenceSeconds !== undefined);
}

/** Primaries first, each with a clean save, so that standbys have all. What comes back later goes on in its role. */
export async function endGroup(place: GroupPlace, places: GroupPlaces): Promise<void> {
  for (const scratch of await stagedGroups(place.options, places)) await unstageGroup(place.options, places, scratch);
  const all = await Promise.all(place.sites.map(async (site) => ({ site, record: await readRecord(site.folder) })));
  for (const role of ['primary', 'standby'] as const)
    for (const { site, record } of all) if (record?.role === role) await rest(site);
}

async function rest(site: KeptSite): Promise<void> {
  if (site.server.pid() === undefined) return;
  await site
    .admin(30_000, async (redis) => {
      await pauseWrites(redis);
      await redis('SHUTDOWN', 'NOSAVE');
    })
    .catch(() => undefined); // it is gone, or hangs
  if (!(await site.server.ended(5000))) await site.server.kill();
}

async function primaryOf(place: GroupPlace): Promise<string | null> {
  const records = await Promise.all(place.sites.map(async (site) => ({ site, record: await readRecord(site.folder) })));
  return (
    newest(records.flatMap(({ site, record }) => (record === undefined ? [] : [{ site, record }])))?.site.name ?? null
  );
}

interface Known {
  readonly site: KeptSite;
  readonly record: SiteRecord;
}

/** Of those that call themselves primary, the one promoted last. */
export const newest = (all: readonly Known[]): Known | undefined =>
  all
    .filter(({ record }) => record.role === 'primary')
    .toSorted((a, b) => b.record.generation - a.record.generation)[0];

import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { becomeStandby, isLinked } from './follow-leader.ts';
import type { KeptSite } from './kept-site.ts';

/**
 * Puts the site's data aside and lets it copy the leader's. Redis copies all of it (there is no difference to send), which shows as
 * `Pointsman.StillWorking` for as long as it takes.
 */
export async function rebuildSite(site: KeptSite, leader: KeptSite, epoch: number): Promise<string | undefined> {
  const { role, leader: followed, detached, rebuilt } = await site.record();
  const isUnderWay = rebuilt?.epoch === epoch && rebuilt.leader === leader.name;
  if (role === 'standby' && followed === leader.name && !detached && (await isLinked(site)))
    return isUnderWay ? (rebuilt.quarantine ?? undefined) : undefined;
  if (isUnderWay) {
    await becomeStandby(site, leader, epoch);
    return rebuilt.quarantine ?? undefined;
  }
  if ((await leader.record()).role !== 'primary')
    throw new StepFailure('Pointsman.NotPrimary', `${leader.label} is no primary`);
  await site.note({ wanted: 'stopped' }, epoch);
  if (!(await site.server.kill()))
    throw new StepFailure('Pointsman.StillWorking', `${site.label} does not end; ask again`);
  const quarantine = await putAside(site);
  await site.note({
    rebuilt: { epoch, leader: leader.name, quarantine: quarantine ?? null },
    cleanEnd: null,
    stopping: false,
  });
  await becomeStandby(site, leader, epoch);
  return quarantine;
}

/** Noted before it is renamed: a note of a folder that is not there yet is mended by the next call. */
async function putAside(site: KeptSite): Promise<string | undefined> {
  const { quarantines } = await site.record();
  const noted = quarantines.at(-1);
  const has = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );
  if (noted !== undefined && !(await has(noted.path)) && (await has(site.folders.data))) {
    await rename(site.folders.data, noted.path);
    return noted.path;
  }
  if (!(await has(site.folders.data))) return noted?.path;
  const at = Date.now();
  const path = join(site.folder, 'quarantine', new Date(at).toISOString().replace(/[:.]/g, '-'));
  await mkdir(join(site.folder, 'quarantine'), { recursive: true, mode: 0o700 });
  await site.note({ quarantines: [...quarantines, { path, at }] });
  await rename(site.folders.data, path);
  return path;
}

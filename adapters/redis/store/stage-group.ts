import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { freePort } from '../../shared/free-port.ts';
import { copyLog, logFolder } from '../server/append-only-file.ts';
import { bringUp, logComplete } from '../site/bring-up.ts';
import { becomeStandby } from '../site/follow-leader.ts';
import { newRecord, writeRecord } from '../site/site-record.ts';
import type { RedisGroupOptions } from './group-options.ts';
import { isScratchName, type GroupPlace, type GroupPlaces } from './group-place.ts';
import { markStream } from './mark-stream.ts';
import { observeGroup } from './observe-group.ts';

/** A copy of a standby's append-only file becomes the rehearsal's primary; the others copy that one. */
export async function stageGroup(
  options: RedisGroupOptions,
  places: GroupPlaces,
  scratch: GroupName,
  epoch: number,
): Promise<void> {
  if (!isScratchName(options, scratch)) throw notScratch(options, scratch);
  const there = await places.scratch(scratch);
  if (there !== undefined && there.epoch > epoch)
    throw new StepFailure('Pointsman.LeaseLost', `${scratch} was staged with epoch ${there.epoch}; this is ${epoch}`);
  if (there?.epoch === epoch && there.ready) return;
  if (there !== undefined) await unstageGroup(options, places, scratch);

  const real = await places.place(options.group);
  const { primary, source } = await choose(real);
  const sites: { name: string; port: number }[] = [];
  for (const { name } of real.sites) sites.push({ name, port: await freePort(new Set(sites.map(({ port }) => port))) });
  await places.noteScratch(scratch, { epoch, ready: false, sites });
  const place = places.placeOf(scratch, sites);
  const { lineage } = await source.record();
  const leader = place.sites.find(({ name }) => name === primary) ?? source;
  for (const site of place.sites)
    await writeRecord(site.folder, {
      ...newRecord(lineage, site === leader ? 'primary' : 'standby', site === leader ? null : primary),
      epoch,
    });
  await logComplete(source);
  await copyLog(logFolder(source.folders.data), leader.folders.data);
  await bringUp(leader);
  for (const site of place.sites) if (site !== leader) await becomeStandby(site, leader);
  await markStream(leader);
  await places.noteScratch(scratch, { epoch, ready: true, sites });
}

/** Ends its servers and deletes all of it; of one that is not there: nothing. */
export async function unstageGroup(options: RedisGroupOptions, places: GroupPlaces, scratch: GroupName): Promise<void> {
  if (!isScratchName(options, scratch)) throw notScratch(options, scratch);
  const there = await places.scratch(scratch);
  if (there === undefined) return;
  for (const { server } of places.placeOf(scratch, there.sites).sites) await server.kill();
  await rm(join(options.folder, scratch), { recursive: true, force: true });
}

/** Names of what is staged. */
export async function stagedGroups(options: RedisGroupOptions, places: GroupPlaces): Promise<readonly GroupName[]> {
  const names = (await readdir(options.folder)).filter((name) => isScratchName(options, name));
  const staged = await Promise.all(names.map((name) => places.scratch(name)));
  return names.filter((_, index) => staged[index] !== undefined);
}

async function choose(real: GroupPlace) {
  const { sites } = await observeGroup(real);
  const standby = sites.find(({ reach, role }) => reach === 'answers' && role === 'standby');
  const primary = sites.find(({ role }) => role === 'primary')?.site;
  const source = real.sites.find(({ name }) => name === standby?.site);
  if (source === undefined || primary === undefined)
    throw new StepFailure('Pointsman.SiteUnreachable', `${real.group} has no standby that answers: nothing to copy`);
  return { primary, source };
}

const notScratch = (options: RedisGroupOptions, name: GroupName): StepFailure =>
  new StepFailure('Pointsman.NotScratch', `${name} is no rehearsal: those are named ${options.group}--…`);

import { readdir, rename, rm } from 'node:fs/promises';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { freePort } from '../../shared/free-port.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { keeperOrder, keeperState } from '../keeper/call-keeper.ts';
import { keeperProcesses } from '../keeper/ensure-keeper.ts';
import { siteFolders } from '../keeper/site-setup.ts';
import { backUpIntoFolder } from '../replication/back-up-into-folder.ts';
import { disinherit } from '../server/disinherit.ts';
import { passableFolder } from '../server/open-folder.ts';
import { giveTo, serverUser } from '../server/server-user.ts';
import type { KeptSessions } from '../sql/kept-sessions.ts';
import type { PostgresGroupOptions } from './group-options.ts';
import {
  groupPlace,
  isScratchName,
  placeOf,
  readScratch,
  scratchFile,
  siteIn,
  type GroupPlace,
} from './group-place.ts';
import { inCompany } from './keep-company.ts';
import { observeGroup } from './observe-group.ts';
import { patiently } from './patiently.ts';
import { prepareSites } from './start-group.ts';

/** A group of copies on ports that nobody knows. It archives nothing and leaves nothing at the real one. */
export async function stageGroup(
  options: PostgresGroupOptions,
  sessions: KeptSessions,
  scratch: GroupName,
  epoch: number,
): Promise<void> {
  if (!isScratchName(options, scratch))
    throw new StepFailure(
      'Pointsman.NotScratch',
      `${scratch} is no name of a rehearsal of ${options.group}: ${options.group}--drill is`,
    );
  const before = await readScratch(options, scratch);
  if (before !== undefined && epoch < before.epoch)
    throw new StepFailure(
      'Pointsman.LeaseLost',
      `${scratch}: asked with epoch ${epoch}, was staged with ${before.epoch}`,
    );
  if (before?.epoch === epoch && before.ready) return;
  if (before !== undefined) await unstageGroup(options, scratch);

  const real = placeOf(options, options.group, options.sites);
  const { sites } = await observeGroup(real, sessions, 'brief');
  const source = sites.find(({ reach, role }) => reach === 'answers' && role === 'standby');
  if (source === undefined)
    throw new StepFailure('Pointsman.SiteUnreachable', `${options.group} has no standby to copy`);
  const primary = sites.find(({ role }) => role === 'primary')?.site ?? source.follows ?? sites[0]?.site ?? '';

  const ports = new Set<number>();
  for (const _ of real.sites) ports.add(await freePort(ports));
  const record = { epoch, sites: real.sites.map(({ name }, index) => ({ name, port: [...ports][index] ?? 0 })) };
  const place = placeOf(options, scratch, record.sites);
  await passableFolder(place.folder);
  await writeWhole(scratchFile(options, scratch), JSON.stringify({ ...record, ready: false }), true);
  const own: PostgresGroupOptions = { ...options, group: scratch, sites: record.sites };
  await prepareSites(own, place);
  const from = await siteIn(real, source.site).sql();
  await inCompany(place, async () => {
    await makeScratchPrimary(own, place, primary, from, epoch);
    for (const { name, keeper } of place.sites)
      if (name !== primary) await patiently(() => keeperOrder(keeper, { kind: 'rebuild', epoch, leader: primary }));
  });
  await writeWhole(scratchFile(options, scratch), JSON.stringify({ ...record, ready: true }), true);
}

async function makeScratchPrimary(
  options: PostgresGroupOptions,
  place: GroupPlace,
  primary: string,
  from: { readonly port: number; readonly user: string; readonly password: string },
  epoch: number,
): Promise<void> {
  const { folder, keeper } = siteIn(place, primary);
  const { data, incoming } = siteFolders(folder);
  const user = await serverUser(options.user);
  const { port, password } = from;
  await backUpIntoFolder({ host: '127.0.0.1', port, user: from.user, password }, incoming, { label: place.group });
  await giveTo(user, incoming);
  await disinherit(incoming, user);
  await rename(incoming, data);
  await patiently(() => keeperOrder(keeper, { kind: 'start', epoch }));
}

/** Ends and deletes a staged group, also one that is half made. Safe to repeat. */
export async function unstageGroup(options: PostgresGroupOptions, scratch: GroupName): Promise<void> {
  if (!isScratchName(options, scratch))
    throw new StepFailure('Pointsman.NotScratch', `${scratch} was not staged; only a rehearsal is deleted`);
  if ((await readScratch(options, scratch)) === undefined) return;
  const place = await groupPlace(options, scratch);
  const { keepers = keeperProcesses } = options;
  await Promise.all(
    place.sites.map(async ({ keeper, folder }) => {
      const seen = await keeperState(keeper, 2000).catch(() => undefined);
      if (seen === undefined) await keepers.ensure(folder).catch(() => undefined); // its server may live without it
      const epoch = seen?.record.epoch ?? 0;
      await keeperOrder(keeper, { kind: 'fence', epoch, level: 'stop' }).catch(() => undefined);
      await keepers.end(folder);
    }),
  );
  await rm(place.folder, { recursive: true, force: true });
}

/** Names of the group's rehearsals, also of half-made ones. */
export async function stagedGroups(options: PostgresGroupOptions): Promise<readonly GroupName[]> {
  const names = (await readdir(options.folder)).filter((name) => isScratchName(options, name));
  const staged = await Promise.all(names.map((name) => readScratch(options, name)));
  return names.filter((_, index) => staged[index] !== undefined);
}

import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database, Snapshot } from './database.ts';
import { stillWorking, unlessThere } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import { looked, named, type RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';
import { replicate } from './read-replica.ts';
import { databasesOf } from './site-views.ts';
import type { SiteView } from './topology.ts';

/**
 * Copies of a standby: its snapshot is restored where the primary is, and replicated to the other sites, in the scratch
 * groups. A snapshot of a read replica does not touch the primary.
 */
export async function stageInstances(
  context: RdsContext,
  views: readonly SiteView[],
  scratch: GroupName,
  epoch: number,
): Promise<void> {
  const staged = await databasesOf(context, scratch);
  const made = staged.flatMap(({ found }) => (found === undefined || found === 'silent' ? [] : [found]));
  const by = Math.max(0, ...made.map(({ marks }) => Number(marks.get('staged-by') ?? 0)));
  if (epoch < by)
    throw new StepFailure('Pointsman.LeaseLost', `${scratch}: asked with epoch ${epoch}, was staged with ${by}`);
  if (by > 0 && by < epoch) {
    await unstageInstances(context, scratch);
    throw stillWorking(`${scratch}: what an earlier run left is deleted first`);
  }
  const source = views.find(({ role, stream, database }) => role === 'standby' && stream !== 'broken' && database);
  const leader = staged.find(({ site }) => site === source?.follows);
  if (source?.database === undefined || leader === undefined)
    throw new StepFailure('Pointsman.SiteUnreachable', `${scratch}: there is no standby with a primary to copy`);
  const marks = { scratch, 'staged-by': String(epoch), epoch: String(epoch) };
  const primary = leader.found;
  if (primary === undefined || primary === 'silent') {
    const snapshot = await snapshotAt(context, source.database, leader.settings, scratch, epoch, marks);
    await restored(context, snapshot, leader.settings, { ...marks, lineage: `${scratch}-${epoch}` });
    throw stillWorking(`${scratch}: ${leader.settings.identifier} is restored`);
  }
  if (primary.status !== 'available' && primary.status !== 'stopped')
    throw stillWorking(`${scratch}: ${primary.identifier} is ${primary.status}`);
  for (const { settings, found } of staged)
    if (found === undefined) await replicate(context, primary, settings, epoch, marks);
  const waiting = staged.find(({ found }) => found === undefined || found === 'silent' || !isReady(found));
  if (waiting !== undefined) throw stillWorking(`${scratch}: ${waiting.settings.identifier} is not ready yet`);
  await forgetSnapshots(context, scratch, epoch);
}

const isReady = ({ status, source, stream }: Database): boolean =>
  source === undefined || (status === 'available' && stream === 'flowing');

/** The standby's snapshot in the region of the scratch primary, copied there when it is another. */
async function snapshotAt(
  context: RdsContext,
  standby: Database,
  to: RdsSite,
  scratch: GroupName,
  epoch: number,
  marks: Readonly<Record<string, string>>,
): Promise<Snapshot> {
  const { api } = context;
  const identifier = identifierOf(scratch, `e${epoch}`);
  const taken = await looked(`${scratch}: look`, api.findSnapshot(standby.region, identifier));
  if (taken === undefined) {
    if (standby.status !== 'available') throw stillWorking(`${standby.identifier} is ${standby.status}`);
    await named(`${scratch}: take it`, unlessThere(api.snapshot(standby, identifier, marks)));
  }
  if (taken?.status !== 'available') throw stillWorking(`${scratch}: a snapshot of ${standby.identifier} is taken`);
  if (standby.region === to.region) return taken;
  const copy = await looked(`${scratch}: look`, api.findSnapshot(to.region, identifier));
  if (copy === undefined)
    await named(`${scratch}: copy it`, unlessThere(api.copySnapshot(taken, standby.region, to, identifier, marks)));
  if (copy?.status !== 'available') throw stillWorking(`${scratch}: the snapshot is copied to ${to.region}`);
  return copy;
}

const restored = async (
  { api }: RdsContext,
  snapshot: Snapshot,
  site: RdsSite,
  marks: Readonly<Record<string, string>>,
): Promise<void> =>
  named(`${site.identifier}: restore it`, unlessThere(api.restore(snapshot, site, site.identifier, marks)));

async function forgetSnapshots({ api, settings }: RdsContext, scratch: GroupName, epoch: number): Promise<void> {
  for (const region of new Set(Object.values(settings.sites).map((site) => site.region)))
    await named(`${scratch}: delete its snapshot`, api.removeSnapshot(region, identifierOf(scratch, `e${epoch}`)));
}

/** Deletes what bears the mark of this rehearsal, and nothing else; resolves when the platform has it deleting. */
export async function unstageInstances(context: RdsContext, scratch: GroupName): Promise<void> {
  for (const { found } of await databasesOf(context, scratch)) {
    if (found === undefined) continue;
    if (found === 'silent')
      throw new StepFailure(
        'Pointsman.SiteUnreachable',
        `${scratch}: a region does not answer; its copies stay until it does`,
      );
    if (found.marks.get('scratch') !== scratch)
      throw new StepFailure('Pointsman.NotScratch', `${found.identifier} does not bear the mark of ${scratch}`);
    if (found.status === 'deleting') continue;
    await named(`${found.identifier}: delete it`, context.api.remove(found));
  }
}

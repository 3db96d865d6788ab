import type { BackupEngine, BackupOrder, RestoreOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database, Snapshot } from './database.ts';
import { asFailure, isFault, notOffered, stillWorking, unlessThere } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import { packed, packedPosition, unpackedPosition } from './marks.ts';
import { dataFor, mark, looked, named, type RdsContext, show } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';
import { branchesAt, momentOf } from './restorable-moments.ts';
import { sitesOf } from './site-views.ts';
import { backupOf, finished, problemsOf } from './snapshot-backup.ts';

/**
 * Snapshots, their copies in other regions, and point-in-time recovery of RDS and Aurora as `BackupEngine`.
 *
 * Positions are moments here: `branch` is the database's resource id, which stays over renames and is another for each
 * promoted or restored database, and `offset` milliseconds since 1970. Every backup is full: what the platform saves between
 * snapshots is its own, so an incremental is `Pointsman.NoParent`. Snapshots bear no proof of contents and no lock, and their bytes
 * cannot be read: `verify` tells what is visibly wrong, and of what looks well it is `Pointsman.NotOffered`: only a restore
 * proves it. `trim` too: the platform keeps its window by days. Names of marks are tags, about thirty of them at most.
 */
export function snapshotBackupEngine(context: RdsContext): BackupEngine {
  const { api, clock, group: ownGroup } = context;

  function siteNamed(name: SiteName): RdsSite {
    const site = sitesOf(context, ownGroup).find(([each]) => each === name)?.[1];
    if (site !== undefined) return site;
    const known = Object.keys(context.settings.sites).join(', ');
    throw new StepFailure('Pointsman.NoSuchSite', `there is no site ${name}; there are ${known}`);
  }

  async function databaseAt({ region, identifier }: RdsSite): Promise<Database> {
    const found = await looked(`${identifier}: look`, api.find(region, identifier));
    if (found !== undefined) return found;
    throw new StepFailure('Pointsman.SiteUnreachable', `there is no ${identifier} in ${region}`);
  }

  /** A snapshot with our identifier, once its tags say that it is this backup. */
  async function snapshotNamed(id: string, site: RdsSite): Promise<Snapshot | undefined> {
    const identifier = identifierOf(ownGroup, id);
    const found = await looked(`${identifier}: look`, api.findSnapshot(site.region, identifier));
    if (found === undefined || (found.marks.get('backup') === id && found.marks.get('group') === ownGroup))
      return found;
    throw new StepFailure(
      'Pointsman.Refused',
      `${identifier} in ${site.region} does not bear the tags of the backup ${id}: it is somebody else's, and is left alone`,
    );
  }

  async function backupNamed(id: string, site: RdsSite): Promise<Snapshot> {
    const found = await snapshotNamed(id, site);
    if (found !== undefined) return found;
    throw new StepFailure('Pointsman.NoSuchBackup', `there is no backup ${id} in ${site.region}`);
  }

  return {
    async take({ id, kind, parent, site, epoch }: BackupOrder) {
      if (kind === 'incremental')
        throw new StepFailure(
          'Pointsman.NoParent',
          `${id} cannot stand on ${parent}: a snapshot of the platform stands alone; take a full backup`,
        );
      const settings = siteNamed(site);
      const database = await databaseAt(settings);
      // Leases of backups have epochs of their own, so they have a mark of their own.
      await show(context, database, epoch, 'backup-epoch');
      const before = await snapshotNamed(id, settings);
      if (before === undefined) {
        if (database.status !== 'available' && database.status !== 'storage-optimization')
          throw stillWorking(`${id}: ${database.identifier} is ${database.status}, and cannot be backed up now`);
        const marks = {
          backup: id,
          group: ownGroup,
          branch: database.resourceId,
          epoch: String(epoch),
          lineage: lineageOf(database),
        };
        const identifier = identifierOf(ownGroup, id);
        await named(`${id}: take it`, unlessThere(api.snapshot(database, identifier, marks)));
        throw stillWorking(`${id}: ${identifier} is taken`);
      }
      return finished(before, ownGroup, site);
    },

    async copy(group, id, from, to) {
      const [source, target] = [siteNamed(from), siteNamed(to)];
      const original = await backupNamed(id, source);
      finished(original, group, from);
      const copy = await snapshotNamed(id, target);
      if (copy !== undefined) return finished(copy, group, to, original);
      if (original.kmsKey !== undefined && target.kmsKey === undefined && source.region !== target.region)
        throw new StepFailure(
          'Pointsman.KeyUnavailable',
          `${id} is encrypted under a key of ${source.region}: give ${to} a kmsKey of ${target.region} to copy it under`,
        );
      const marks = { ...Object.fromEntries(original.marks), 'taken-at': String(original.at) };
      await named(
        `${id}: copy it to ${to}`,
        unlessThere(api.copySnapshot(original, source.region, target, original.identifier, marks)),
      );
      throw stillWorking(`${id}: it is copied to ${target.region}`);
    },

    async verify(_group, id, site) {
      const settings = siteNamed(site);
      const snapshot = await backupNamed(id, settings);
      const problems = problemsOf(snapshot, settings);
      if (problems.length > 0) return { intact: false, problems };
      throw notOffered(
        `${id} at ${site}: read its bytes`,
        'the platform does not show them; it looks well from outside, and only a restore proves it',
      );
    },

    async list(group, site) {
      const { region } = siteNamed(site);
      const found = await looked(`${region}: list snapshots`, api.snapshots(region));
      return found
        .filter(({ marks, status }) => marks.get('group') === group && marks.has('backup') && status !== 'creating')
        .map((snapshot) => backupOf(snapshot, group, site))
        .toSorted((a, b) => a.takenAt - b.takenAt);
    },

    async remove(_group, id, site) {
      const settings = siteNamed(site);
      const found = await snapshotNamed(id, settings);
      if (found === undefined || found.status === 'deleting') return 'removed';
      for (const [other, { region }] of sitesOf(context, ownGroup)) {
        if (other === site) continue;
        const copy = await looked(`${id}: look for its copies`, api.findSnapshot(region, found.identifier));
        // The copy would die with its source.
        if (copy?.status === 'creating' || copy?.status === 'copying')
          throw stillWorking(`${id} is being copied to ${other}`);
      }
      await named(`${id}: delete it`, api.removeSnapshot(settings.region, found.identifier));
      return 'removed';
    },

    async trim(group, site) {
      siteNamed(site);
      throw notOffered(
        `${group}: forget old changes`,
        "the platform keeps its window by days: set the database's backup retention",
      );
    },

    async mark(_group, site, name) {
      const database = await databaseAt(siteNamed(site));
      const key = `at:${name}`;
      const before = database.marks.get(key);
      if (before !== undefined) return unpackedPosition(before);
      // Restores take whole seconds: the name is the second that has begun.
      const position = { branch: database.resourceId, offset: String(Math.floor(clock.now() / 1000) * 1000) };
      await mark(context, database, { [key]: packedPosition(position) });
      return position;
    },

    async branches(_group, site) {
      return branchesAt(context, siteNamed(site));
    },

    async restore(order) {
      const site = siteNamed(order.site);
      const snapshot = await backupNamed(order.backup, site);
      const identifier = identifierOf(ownGroup, order.scratch);
      const there = await looked(`${identifier}: look`, api.find(site.region, identifier));
      const asked = orderOf(order);
      if (there === undefined || there.status === 'deleting') {
        finished(snapshot, ownGroup, order.site);
        const at = await momentOf(context, order, site, snapshot);
        if (there !== undefined) throw stillWorking(`${identifier} is still being deleted`);
        const marks = { scratch: order.scratch, group: ownGroup, order: asked, at: packed(at) };
        const isWhole = at === snapshot.at;
        const from = isWhole ? undefined : await databaseAt(site);
        const call =
          from === undefined
            ? api.restore(snapshot, site, identifier, marks)
            : api.restoreTo(at, from, site, identifier, marks);
        await unlessThere(call).catch((thrown: unknown) => {
          throw unusable(thrown, order.backup);
        });
        throw stillWorking(`${order.scratch}: ${identifier} is restored`);
      }
      if (there.marks.get('scratch') !== order.scratch || there.marks.get('order') !== asked)
        throw new StepFailure(
          'Pointsman.Refused',
          `${identifier} is there and was restored for something else (${there.marks.get('order') ?? 'nothing of ours'}): destroy it first`,
        );
      if (/^(failed|incompatible-.*|restore-error|inaccessible.*)$/.test(there.status))
        throw new StepFailure('Pointsman.BackupUnusable', `${order.backup}: its restore ended as ${there.status}`);
      if (!(await named(`${identifier}: complete it`, api.complete(there))))
        throw stillWorking(`${order.scratch}: ${identifier} is ${there.status}`);
      return {
        scratch: order.scratch,
        position: { branch: order.branch, offset: there.marks.get('at') ?? '0' },
        lastChangeAt: undefined, // not to be told without reading its rows
        address: there.address ?? '',
      };
    },

    async inspect(_group, scratch) {
      const [, database] = await scratchNamed(scratch);
      if (database === undefined || database.status === 'deleting')
        throw new StepFailure('Pointsman.NoSuchScratch', `there is no restored store ${scratch}`);
      return dataFor(context, `${scratch}: count its rows`).contents(database.address ?? '');
    },

    async destroy(_group, scratch) {
      const [site, database] = await scratchNamed(scratch);
      if (site === undefined || database === undefined || database.status === 'deleting') return;
      await named(`${scratch}: delete it`, api.remove(database));
      const after = await looked(`${scratch}: look`, api.find(site.region, database.identifier));
      if (after !== undefined && after.status !== 'deleting') throw stillWorking(`${scratch} is ${after.status}`);
    },
  };

  async function scratchNamed(scratch: string): Promise<readonly [RdsSite?, Database?]> {
    const identifier = identifierOf(ownGroup, scratch);
    for (const [, site] of sitesOf(context, ownGroup)) {
      const found = await looked(`${identifier}: look`, api.find(site.region, identifier));
      if (found === undefined) continue;
      if (found.marks.get('scratch') === scratch) return [site, found];
      throw new StepFailure('Pointsman.Refused', `${identifier} does not bear the tags of a restore: it is left alone`);
    }
    return [];
  }
}

const lineageOf = ({ marks, resourceId }: Database): string => marks.get('lineage') ?? resourceId;

/** The same order gives the same text: a name that is asked for again must be for the same restore. */
const orderOf = ({ backup, target, branch }: RestoreOrder): string => {
  const what = target.kind === 'moment' ? target.at : target.kind === 'name' ? target.name : '';
  const where = target.kind === 'position' ? packedPosition(target.position) : what;
  return [backup, branch, target.kind, where]
    .join('/')
    .replaceAll(/[^\w.:/=+@-]/g, '_')
    .slice(0, 255);
};

/** What is refused because of the backup itself. */
function unusable(thrown: unknown, id: string): StepFailure {
  const failure = asFailure(thrown, `${id}: restore it`);
  const isItsFault = isFault(
    thrown,
    'KMSKeyNotAccessible',
    'DBSnapshotNotFound',
    'DBClusterSnapshotNotFound',
    'InvalidRestore',
  );
  return isItsFault ? new StepFailure('Pointsman.BackupUnusable', failure.message, { cause: thrown }) : failure;
}

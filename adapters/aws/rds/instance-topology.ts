import { PromoteReadReplicaCommand } from '@aws-sdk/client-rds';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { covers } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database } from './database.ts';
import { stillWorking } from './faults.ts';
import { identifierOf } from './identifiers.ts';
import { isolate, onlyHas } from './isolation.ts';
import { packed, packedPosition, unpacked } from './marks.ts';
import { forkOf, parentOf, promotionOf } from './promotion.ts';
import { askOnce, dataFor, endOf, looked, named, type RdsContext, unmark } from './rds-context.ts';
import { provenEnd } from './proven-end.ts';
import { replicate } from './read-replica.ts';
import { stageInstances, unstageInstances } from './staged-instances.ts';
import { databasesOf, isServing } from './site-views.ts';
import type { LiveSite, SiteView, Topology } from './topology.ts';

/**
 * A primary DB instance and its read replicas. RDS cannot make a primary a replica again: `follow` and `rebuild` both put
 * the old instance aside under another name and let a new replica take its own. A planned change is proven with positions, so
 * `stop` needs `DataAccess`; without it only a failover is possible. Each switchover so leaves an instance behind: it costs, and
 * nothing here deletes it.
 */
export function instanceTopology(context: RdsContext, backupRetentionDays: number): Topology {
  const topology: Topology = {
    views: async (group) => asViews(await databasesOf(context, group)),

    prove: (primary, views) => provenEnd(context, primary, views),

    async reached(site, position) {
      const { position: end } = await endOf(context, site);
      return covers(end, position);
    },

    async promote(there, views, epoch, token) {
      if (there.role === 'primary') return promotionOf(context, there, epoch);
      if (token !== undefined) dataFor(context, `${there.site}: promote it without loss`);
      const { database } = there;
      const isAsked = unpacked(database.marks.get('promoting'))[0] === String(epoch);
      if (!isAsked && database.status !== 'available') throw stillWorking(`${there.site} is ${database.status}`);
      const fork = isAsked ? undefined : await forkOf(context, there, token);
      const promote = new PromoteReadReplicaCommand({
        DBInstanceIdentifier: database.identifier,
        BackupRetentionPeriod: backupRetentionDays,
      });
      const also = {
        lineage: there.lineage ?? database.resourceId,
        ...(fork && { fork: packedPosition(fork) }),
        ...parentOf(context, there, views),
      };
      const call = () => context.regions.in(database.region).send(promote);
      return askOnce(context, database, 'promoting', epoch, call, also);
    },

    async follow(view, leader, epoch, token) {
      const isDone = view.stream === 'flowing' && view.database !== undefined && isServing(view.database);
      if (isStandbyOf(view, leader) && isDone) return settle(view);
      if (view.role === 'primary' && view.database !== undefined) {
        const stopped = packed(token.epoch, packedPosition(token.end), token.at);
        const has = (await endOf(context, leader)).position;
        if (view.database.marks.get('stopped') !== stopped || !covers(has, token.end))
          throw new StepFailure(
            'Pointsman.Diverged',
            `${view.site} was not stopped at ${packedPosition(token.end)}, or ${leader.site} lacks something up to there`,
          );
      }
      await topology.rebuild(view, leader, epoch);
    },

    async rebuild(view, leader, epoch) {
      const aside = identifierOf(view.settings.identifier, `q${epoch}`);
      const { database, settings, site } = view;
      if (database === undefined) {
        const old = await looked(`${site}: look for ${aside}`, context.api.find(settings.region, aside));
        await replicate(context, leader.database, settings, epoch, {
          lineage: leader.lineage ?? leader.database.resourceId,
          ...(old && {
            quarantine: aside,
            groups: old.marks.get('groups') ?? packed(...old.groups.map(({ id }) => id)),
          }),
        });
        throw stillWorking(`${site}: ${settings.identifier} is made, a replica of ${leader.site}`);
      }
      if (isStandbyOf(view, leader)) {
        if (view.stream === 'flowing' && isServing(database)) {
          await settle(view);
          return { quarantine: database.marks.get('quarantine') };
        }
        if (database.marks.get('made-in') === String(epoch) || database.status === 'creating')
          throw stillWorking(`${site}: ${database.identifier} is ${database.status}, and catches up`);
      }
      if (database.status === 'stopped') {
        if (!onlyHas(database.groups, settings.isolationGroup))
          throw new StepFailure(
            'Pointsman.NotFenced',
            `${site}: ${database.identifier} was stopped by others than us, and must run to be renamed: it would take writes. Start it where no client reaches it`,
          );
        await named(`${site}: start it, to be renamed`, context.api.start(database));
        throw stillWorking(`${site}: a stopped instance cannot be renamed; it starts`);
      }
      if (database.status !== 'available')
        throw stillWorking(`${site}: ${database.identifier} is ${database.status}, and cannot be renamed now`);
      if (view.role === 'primary') await isolate(context, database, settings); // it must not write under its other name
      await named(`${site}: put it aside as ${aside}`, context.api.rename(database, aside));
      throw stillWorking(`${site}: ${database.identifier} becomes ${aside}`);
    },

    stage: (views, scratch, epoch) => stageInstances(context, views, scratch, epoch),
    unstage: (scratch) => unstageInstances(context, scratch),
  };

  /** What was done to it as a primary ends. */
  const settle = async ({ database }: SiteView): Promise<void> =>
    database && unmark(context, database, 'promoting', 'promoted', 'stopped', 'cut');

  return topology;
}

const isStandbyOf = (view: SiteView, leader: LiveSite): boolean =>
  view.role === 'standby' && view.follows === leader.site;

function asViews(found: Awaited<ReturnType<typeof databasesOf>>): readonly SiteView[] {
  const byName = new Map(found.map((each) => [each.site, each]));
  const leaderOf = (source: string): SiteName | undefined =>
    found.find(({ settings: { region, identifier } }) =>
      source.startsWith('arn:')
        ? source.includes(`:rds:${region}:`) && source.endsWith(`:db:${identifier}`)
        : source === identifier,
    )?.site;
  const lineageOf = (database: Database, depth = 0): string | undefined => {
    const own = database.marks.get('lineage');
    if (own !== undefined) return own;
    if (database.source === undefined) return database.resourceId;
    const leader = byName.get(leaderOf(database.source) ?? '')?.found;
    return leader === undefined || leader === 'silent' || depth > 5 ? undefined : lineageOf(leader, depth + 1);
  };
  return found.map(({ site, settings, found: database }): SiteView => {
    if (database === undefined || database === 'silent' || database.status === 'deleting')
      return {
        site,
        settings,
        database: undefined,
        isSilent: database === 'silent',
        role: 'unknown',
        follows: undefined,
        stream: 'none',
        lineage: undefined,
        isMoving: false,
      };
    const { source, stream } = database;
    return {
      site,
      settings,
      database,
      isSilent: false,
      role: source === undefined ? 'primary' : 'standby',
      follows: source && leaderOf(source),
      stream,
      lineage: lineageOf(database),
      isMoving: false,
    };
  });
}

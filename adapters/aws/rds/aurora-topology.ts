import {
  DescribeDBClusterSnapshotsCommand,
  FailoverGlobalClusterCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { covers } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { stillWorking } from './faults.ts';
import { addSecondary, findGlobal, type GlobalCluster, globalIdentifier } from './global-cluster.ts';
import { identifierOf } from './identifiers.ts';
import { isIsolated, isolate, release } from './isolation.ts';
import { packed, packedPosition, unpacked } from './marks.ts';
import { forkOf, parentOf, promotionOf } from './promotion.ts';
import { askOnce, endOf, looked, named, type RdsContext, unmark } from './rds-context.ts';
import { provenEnd } from './proven-end.ts';
import { databasesOf, isServing, live } from './site-views.ts';
import { stageClusters, unstageClusters } from './staged-clusters.ts';
import type { LiveSite, SiteView, Topology } from './topology.ts';

/**
 * An Aurora global database: its writer is the primary. The platform has the barrier of a planned change and keeps it for
 * itself: `SwitchoverGlobalCluster` needs a primary that lives, waits until the secondary has everything, and makes the old
 * primary a secondary. So `stop` isolates and does not stop, its token says that no client can write any more, `promote` with
 * it is the switchover, and `follow` waits for what the platform does. Without a token `promote` is `FailoverGlobalCluster` with
 * `AllowDataLoss`; the platform rebuilds the old primary by itself when its region answers, and keeps a snapshot of what it
 * held: `rebuild` waits for that and names it.
 */
export function auroraTopology(context: RdsContext, globalName: string): Topology {
  const regionsFrom = (first: string) => [
    ...new Set([first, ...Object.values(context.settings.sites).map(({ region }) => region)]),
  ];

  const topology: Topology = {
    async views(group) {
      const found = await databasesOf(context, group);
      const answering = found.find(({ found: database }) => database !== 'silent')?.settings.region ?? '';
      const global = await findGlobal(context, globalIdentifier(context, globalName, group), regionsFrom(answering));
      return asViews(found, global);
    },

    async prove(primary, views) {
      const standbys = views.filter(({ follows }) => follows === primary.site);
      const lagging = standbys.every(({ stream }) => stream !== 'flowing');
      if (lagging) throw stillWorking(`no secondary of ${primary.site} is in step with it`);
      if (context.data === undefined) return { branch: primary.lineage ?? '', offset: '0' };
      return provenEnd(context, primary, views);
    },

    /** Without access to the data: in step, as the platform says; the switchover itself waits for the rest. */
    async reached(site, position) {
      if (context.data === undefined) return site.role === 'primary' || site.stream === 'flowing';
      return covers((await endOf(context, site)).position, position);
    },

    async promote(there, views, epoch, token, group) {
      const { database, site } = there;
      const moving = views.find((view) => view.isMoving);
      if (moving !== undefined)
        throw stillWorking(`${moving.site} is ${moving.database?.status ?? 'not shown'}: the primary moves`);
      if (there.role === 'primary') return promotionOf(context, there, epoch);
      const isAsked = unpacked(database.marks.get('promoting'))[0] === String(epoch);
      const fork = isAsked ? undefined : await forkOf(context, there, token);
      if (token !== undefined && there.stream !== 'flowing')
        throw new StepFailure('Pointsman.NotCaughtUp', `${site} is not in step with its primary`);
      const global = {
        GlobalClusterIdentifier: globalIdentifier(context, globalName, group),
        TargetDbClusterIdentifier: database.arn,
      };
      const command = () =>
        token === undefined
          ? context.regions
              .in(database.region)
              .send(new FailoverGlobalClusterCommand({ ...global, AllowDataLoss: true }))
          : context.regions.in(database.region).send(new SwitchoverGlobalClusterCommand(global));
      return askOnce(context, database, 'promoting', epoch, command, {
        lineage: there.lineage ?? '',
        ...(fork && { fork: packedPosition(fork) }),
        ...parentOf(context, there, views),
      });
    },

    async follow(view, leader, _epoch, token) {
      if (
        view.role === 'primary' &&
        view.database?.marks.get('stopped') !== packed(token.epoch, packedPosition(token.end), token.at)
      )
        throw new StepFailure(
          'Pointsman.Diverged',
          `${view.site} was not stopped at ${packedPosition(token.end)}, and is no secondary of ${leader.site}`,
        );
      if (view.role !== 'standby') throw stillWorking(`${view.site}: the platform has not made it a secondary yet`);
      await settled(view, leader);
    },

    async rebuild(view, leader, epoch) {
      const { database, settings, site } = view;
      const aside = identifierOf(settings.identifier, `q${epoch}`);
      const global = globalIdentifier(context, globalName, context.group);
      if (view.role === 'standby') {
        await settled(view, leader);
        return { quarantine: database?.marks.get('quarantine') ?? (await keptBy(view)) };
      }
      if (database === undefined) {
        const old = await looked(`${site}: look for ${aside}`, context.api.find(settings.region, aside));
        const groups = unpacked(old?.marks.get('groups') ?? packed(...settings.scratchGroups));
        await addSecondary(context, global, leader.database, settings, groups, {
          epoch: String(epoch),
          ...(old && { quarantine: aside }),
        });
        throw stillWorking(`${site}: ${settings.identifier} is added to ${global}`);
      }
      // A writer that the global database no longer knows: somebody detached it, and it may take writes.
      if (database.status !== 'available') throw stillWorking(`${site}: ${database.identifier} is ${database.status}`);
      await isolate(context, database, settings);
      await named(`${site}: put it aside as ${aside}`, context.api.rename(database, aside));
      throw stillWorking(`${site}: ${database.identifier} becomes ${aside}`);
    },

    stage: (views, scratch, epoch) =>
      stageClusters(context, globalIdentifier(context, globalName, scratch), views, scratch, epoch),
    unstage: (scratch) => unstageClusters(context, globalIdentifier(context, globalName, scratch), scratch),
  };

  /** Waits until a secondary is in step, and lets its readers in again. */
  async function settled(view: SiteView, leader: LiveSite): Promise<void> {
    const { database, site, settings } = live(view);
    if (!isServing(database) || !(await named(`${site}: complete it`, context.api.complete(database))))
      throw stillWorking(`${site}: ${database.identifier} is ${database.status}`);
    if (view.stream !== 'flowing') throw stillWorking(`${site} is not in step with ${leader.site} yet`);
    if (isIsolated(database, settings) || database.marks.has('groups')) await release(context, database, settings);
    await unmark(context, database, 'promoting', 'promoted', 'stopped', 'cut');
  }

  /** The snapshot that the platform took of a failed primary before it made it a secondary. */
  async function keptBy({ settings }: SiteView): Promise<string | undefined> {
    const command = new DescribeDBClusterSnapshotsCommand({
      DBClusterIdentifier: settings.identifier,
      SnapshotType: 'automated',
    });
    const { DBClusterSnapshots = [] } = await looked(
      `${settings.identifier}: look for what it held`,
      context.regions.read(settings.region).send(command),
    );
    const kept = DBClusterSnapshots.map(({ DBClusterSnapshotIdentifier = '' }) => DBClusterSnapshotIdentifier);
    return kept
      .filter((name) => name.startsWith('rds:unplanned-global-failover-'))
      .toSorted()
      .at(-1);
  }

  return topology;
}

function asViews(
  found: Awaited<ReturnType<typeof databasesOf>>,
  global: GlobalCluster | 'silent' | undefined,
): readonly SiteView[] {
  const members = global === undefined || global === 'silent' ? [] : global.members;
  const isMember = (arn: string, { region, identifier }: SiteView['settings']) =>
    arn.includes(`:rds:${region}:`) && arn.endsWith(`:cluster:${identifier}`);
  const writer = members.find(({ isWriter }) => isWriter);
  const writerSite = found.find(({ settings }) => writer !== undefined && isMember(writer.arn, settings))?.site;
  const lineage = global === undefined || global === 'silent' ? undefined : global.resourceId;
  return found.map(({ site, settings, found: seen }): SiteView => {
    const member = members.find(({ arn }) => isMember(arn, settings));
    const database = seen === 'silent' || seen?.status === 'deleting' ? undefined : seen;
    const isStandby = member !== undefined && !member.isWriter;
    const isMoving =
      (global !== undefined && global !== 'silent' && global.failover !== undefined) ||
      /^(switching|failing)-over$/.test(database?.status ?? '');
    return {
      site,
      settings,
      // No cluster that others replicate from, or that replicates, can be stopped.
      database: database && { ...database, hasReplicas: member !== undefined },
      isSilent: seen === 'silent',
      role: database === undefined || global === 'silent' ? 'unknown' : isStandby ? 'standby' : 'primary',
      follows: isStandby ? writerSite : undefined,
      stream: isStandby && database !== undefined ? (member.isConnected && !isMoving ? 'flowing' : 'broken') : 'none',
      lineage: database === undefined ? undefined : (lineage ?? database.resourceId),
      isMoving,
    };
  });
}

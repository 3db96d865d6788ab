import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { bytesBetween } from '../../../functions/ports/recovery/position.ts';
import type {
  Exposure,
  GroupState,
  ReplicatedStore,
  SiteState,
  SwitchoverToken,
} from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { notOffered, stillWorking } from './faults.ts';
import { fence } from './fence.ts';
import { isIsolated, isolate, release } from './isolation.ts';
import { packed, packedPosition, unpacked, unpackedPosition } from './marks.ts';
import { dataFor, endOf, mark, named, type RdsContext, show, unmark } from './rds-context.ts';
import { isBroken, isScratch, isServing, live, viewOf } from './site-views.ts';
import type { LiveSite, SiteView, Topology } from './topology.ts';

/**
 * A group on Amazon RDS or Aurora as `ReplicatedStore`. What goes on is kept in tags `pointsman:…` on each site's database, so
 * any process can go on with it; see `show` for what an epoch is worth in a tag.
 *
 * The platform's API shows neither positions nor rows: without `DataAccess`, `observe` gives no positions, `freeze` gives
 * undefined, and `probe` and `contents` are `Pointsman.NotOffered`; so is `lostWrites`, always. The ladder: `refuse-writes` is not
 * to be had; `stop` works once nothing replicates from it, and for seven days, after which the platform starts it again;
 * `isolate` is what is confirmed (see `isolate`); nothing here ends by itself, so `lease-expiry` is never confirmed. What
 * cannot be confirmed at all: whatever lies in a region whose API does not answer.
 */
export function rdsReplicatedStore(context: RdsContext, topology: Topology): ReplicatedStore {
  const { clock, data } = context;

  const look = async (group: GroupName, site: SiteName) => {
    const views = await topology.views(group);
    return { views, view: viewOf(views, group, site) };
  };
  /** For a change: the site, with the epoch shown to it. */
  async function shown(group: GroupName, site: SiteName, epoch: number) {
    const { views, view } = await look(group, site);
    const there = live(view);
    await show(context, there.database, epoch);
    return { views, there };
  }

  return {
    async observe(group) {
      const views = await topology.views(group);
      const sites = await Promise.all(views.map((view) => stateOf(context, view)));
      return { group, sites, exposures: exposuresOf(sites), at: clock.now() } satisfies GroupState;
    },

    async freeze(group, site, epoch) {
      const { there } = await shown(group, site, epoch);
      primary(serving(there));
      // What does not answer is not made to end well by restarting it.
      if (data && !there.database.marks.has('groups')) await endOf(context, there);
      await isolate(context, there.database, there.settings);
      return data && (await endOf(context, there)).position;
    },

    async thaw(group, site, epoch) {
      const { there } = await shown(group, site, epoch);
      await release(context, serving(there).database, there.settings);
    },

    async reached(group, site, position, _withinMs) {
      return topology.reached(serving(live((await look(group, site)).view)), position);
    },

    async stop(group, site, epoch) {
      const { views, there } = await shown(group, site, epoch);
      const { database, settings } = primary(there);
      const before = tokenOf(there);
      if (before !== undefined) return before;
      if (database.status === 'stopped' || isBroken(database))
        throw new StepFailure(
          'Pointsman.UncleanStop',
          `${site}: ${database.identifier} is ${database.status}, and no proof was taken of where it ended`,
        );
      await isolate(context, serving(there).database, settings);
      const end = await topology.prove(there, views);
      const token: SwitchoverToken = { lineage: there.lineage ?? '', site, end, epoch, at: clock.now() };
      await mark(context, database, { stopped: packed(epoch, packedPosition(end), token.at) });
      return token;
    },

    async start(group, site, epoch) {
      const { views, there } = await shown(group, site, epoch);
      const { database } = there;
      const successor = views.find(
        (each) => each.site !== site && each.role === 'primary' && isPromotedAfter(each, there),
      );
      if (successor !== undefined && (there.role === 'primary' || database.marks.has('stopped')))
        throw new StepFailure(
          'Pointsman.AlreadyPromoted',
          `asked to start ${site}, but ${successor.site} is the primary now`,
        );
      if (database.status === 'stopped') {
        await unmark(context, database, 'stopped');
        await named(`${site}: start it`, context.api.start(database));
        throw stillWorking(`${site}: ${database.identifier} starts`);
      }
      if (!isServing(database)) throw stillWorking(`${site}: ${database.identifier} is ${database.status}`);
      if (data !== undefined)
        await endOf(context, there).catch((thrown: unknown) => {
          throw stillWorking(`${site}: ${database.identifier} does not answer yet: ${String(thrown)}`);
        });
      await unmark(context, database, 'stopped', 'cut');
    },

    async promote(group, site, epoch, token) {
      const { views, there } = await shown(group, site, epoch);
      return topology.promote(there, views, epoch, token, group);
    },

    async probe(group, site, epoch) {
      const { there } = await shown(group, site, epoch);
      const access = dataFor(context, `${site}: probe`);
      const { database } = serving(there);
      const failed = (why: string, cause?: unknown) =>
        new StepFailure('Pointsman.ProbeFailed', `${site}: ${why}`, { cause });
      // The data access may be let into the isolation group, where clients are not.
      if (isIsolated(database, there.settings)) throw failed('it is isolated: no client can write to it');
      await access.probe(database.address ?? '', epoch).catch((thrown: unknown) => {
        throw failed(`the probe's row was not taken: ${String(thrown)}`, thrown);
      });
    },

    async fence(group, site, epoch, level) {
      const { view } = await look(group, site);
      return fence(context, view, epoch, level);
    },

    async follow(group, site, leader, epoch, token) {
      const { view, views } = await look(group, site);
      if (view.isSilent) live(view);
      if (view.database !== undefined) await show(context, view.database, epoch);
      await topology.follow(view, primary(live(viewOf(views, group, leader))), epoch, token);
    },

    async rebuild(group, site, leader, epoch) {
      const { view, views } = await look(group, site);
      if (view.isSilent) live(view);
      if (view.database !== undefined) await show(context, view.database, epoch);
      return topology.rebuild(view, primary(live(viewOf(views, group, leader))), epoch);
    },

    async lostWrites(group, site) {
      viewOf(await topology.views(group), group, site);
      throw notOffered(
        `${site}: list what was lost`,
        'the platform gives no access to the log of changes; compare with the quarantined database, which is kept',
      );
    },

    async contents(group, site) {
      const access = dataFor(context, `${site}: count its rows`);
      const { database } = serving(live((await look(group, site)).view));
      return access.contents(database.address ?? '');
    },

    async stage(group, scratch, epoch) {
      if (!isScratch(context, scratch)) throw notScratch(scratch);
      await topology.stage(await topology.views(group), scratch, epoch);
    },

    async unstage(scratch) {
      if (!isScratch(context, scratch)) throw notScratch(scratch);
      await topology.unstage(scratch);
    },
  };
}

async function stateOf(context: RdsContext, view: SiteView): Promise<SiteState> {
  const { site, database, settings, role, follows, stream, lineage, isSilent } = view;
  const nothing = { received: undefined, applied: undefined, lastChangeAt: undefined };
  const end =
    database === undefined || !isServing(database) || context.data === undefined
      ? nothing
      : await context.data.end(database.address ?? '').then(
          ({ position, lastChangeAt }) => ({ received: position, applied: position, lastChangeAt }),
          () => 'silent' as const,
        );
  const isStopped = database?.status === 'stopped';
  const answers = database !== undefined && isServing(database) && end !== 'silent';
  const isClosed = role === 'standby' || isStopped || (database !== undefined && isIsolated(database, settings));
  return {
    site,
    reach: answers ? 'answers' : isStopped ? 'stopped' : database === undefined && !isSilent ? 'absent' : 'silent',
    role,
    writes:
      database === undefined && !isSilent
        ? 'refused'
        : answers || isStopped
          ? isClosed
            ? 'refused'
            : 'accepted'
          : 'unknown',
    lineage,
    ...(end === 'silent' ? nothing : end),
    follows,
    stream: answers ? stream : 'none',
    epoch: Number(database?.marks.get('epoch') ?? 0),
    settings: database?.settings ?? {},
    warnings: [
      ...(database?.warnings ?? []),
      ...(answers || database === undefined ? [] : [`its status is ${database.status}`]),
    ],
  };
}

/** Only with access to the data: the platform's lag in seconds is another service's to tell. */
function exposuresOf(sites: readonly SiteState[]): readonly Exposure[] {
  const leader = sites.find(({ role, reach }) => role === 'primary' && reach === 'answers');
  if (leader?.received === undefined) return [];
  const { received, lastChangeAt } = leader;
  return sites.flatMap((site): Exposure[] => {
    if (site.role !== 'standby' || site.received === undefined) return [];
    const bytes = bytesBetween(site.received, received);
    const missing = bytes > 0n ? bytes : 0n;
    const since = Math.max(0, (lastChangeAt ?? 0) - (site.lastChangeAt ?? lastChangeAt ?? 0)) / 1000;
    return [{ site: site.site, bytes: String(missing), seconds: missing > 0n ? since : 0, commits: undefined }];
  });
}

function tokenOf({ site, lineage = '', database }: LiveSite): SwitchoverToken | undefined {
  const [epoch, end, at] = unpacked(database.marks.get('stopped'));
  if (epoch === undefined) return undefined;
  return { lineage, site, end: unpackedPosition(end), epoch: Number(epoch), at: Number(at) };
}

/** Promotions are numbered by their epochs. */
const promotedIn = ({ database }: SiteView): number => Number(unpacked(database?.marks.get('promoted'))[0] ?? 0);
const isPromotedAfter = (a: SiteView, b: SiteView): boolean =>
  promotedIn(a) > promotedIn(b) || Boolean(a.database?.marks.has('promoting'));

function serving(there: LiveSite): LiveSite {
  if (isServing(there.database)) return there;
  const { identifier, status } = there.database;
  if (/^(rebooting|starting|renaming|creating|stopping)$/.test(status))
    throw stillWorking(`${there.site}: ${identifier} is ${status}`);
  throw new StepFailure('Pointsman.SiteUnreachable', `${there.site}: ${identifier} is ${status}`);
}

function primary(there: LiveSite): LiveSite {
  if (there.role === 'primary') return there;
  throw new StepFailure('Pointsman.NotPrimary', `${there.site} is a ${there.role}, no primary`);
}

const notScratch = (scratch: GroupName): StepFailure =>
  new StepFailure('Pointsman.NotScratch', `${scratch} was not staged; only a rehearsal is staged and deleted`);

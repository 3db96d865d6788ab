import { rm } from 'node:fs/promises';
import type { GroupName, SiteName } from '../../functions/ports/recovery/position.ts';
import type {
  FenceResult,
  Promotion,
  ReplicatedStore,
  SwitchoverToken,
} from '../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { keeperOrder, keeperState } from './keeper/call-keeper.ts';
import { keeperProcesses } from './keeper/ensure-keeper.ts';
import type { Order } from './keeper/order.ts';
import { keptSessions } from './sql/kept-sessions.ts';
import { readContents } from './sql/read-contents.ts';
import { isUnanswered, sqlSession } from './sql/sql-session.ts';
import { awaitPosition } from './store/await-position.ts';
import type { PostgresGroupOptions } from './store/group-options.ts';
import { groupPlace, siteIn, type GroupPlace, type SitePlace } from './store/group-place.ts';
import { inCompany, keepCompany } from './store/keep-company.ts';
import { endExpiry, expireLease } from './store/lease-expiry.ts';
import { longCalls } from '../shared/long-calls.ts';
import { lostWrites } from './store/lost-writes.ts';
import { observeGroup } from './store/observe-group.ts';
import { probeSite } from './store/probe-site.ts';
import { stagedGroups, stageGroup, unstageGroup } from './store/stage-group.ts';
import { endGroup } from './store/end-group.ts';
import { startGroup, timelineOf } from './store/start-group.ts';

export interface PostgresReplicatedStore extends ReplicatedStore {
  /**
   * Brings the group up: makes it when it is new, starts its keepers and what shall run. Takes seconds. Safe to repeat;
   * call it when the host starts.
   */
  startGroup(): Promise<void>;
  /** Ends servers, then keepers, until `startGroup`; rehearsals are ended and deleted. Safe to repeat. */
  endGroup(): Promise<void>;
  /**
   * Keeps the sites company once: lets each keeper hear a controller, and replaces keepers that died. To be called every
   * few seconds, in less than a third of `selfFenceSeconds`.
   */
  accompany(): Promise<void>;
}

/** A group of PostgreSQL servers on this machine, kept by a process for each, as `ReplicatedStore`. */
export function postgresReplicatedStore(options: PostgresGroupOptions): PostgresReplicatedStore {
  const { selfFenceSeconds = 20, synchronous = false, keepers = keeperProcesses } = options;
  const long = longCalls();
  const sessions = keptSessions();

  async function at(group: GroupName, name: SiteName): Promise<{ place: GroupPlace; site: SitePlace }> {
    const place = await groupPlace(options, group);
    return { place, site: siteIn(place, name) };
  }

  /** A dead keeper is no site out of reach: its server may live, and nobody would fence it. */
  const replaceDead = async ({ folder }: SitePlace): Promise<void> => {
    if (!(await keepers.isAlive(folder))) await keepers.ensure(folder);
  };

  const order = (place: GroupPlace, site: SitePlace, wanted: Order): Promise<unknown> =>
    inCompany(place, async () => {
      await replaceDead(site);
      return keeperOrder(site.keeper, wanted).catch(async (error: unknown) => {
        if (await keepers.isAlive(site.folder)) throw error;
        await keepers.ensure(site.folder); // it died with the order in hand, which is safe to repeat
        return keeperOrder(site.keeper, wanted);
      });
    });

  /** A leader's commits wait for its standbys again, where they shall. */
  async function rearm({ sites }: GroupPlace, leader: SitePlace, epoch: number): Promise<void> {
    if (!synchronous) return;
    const standbys = sites.map(({ name }) => name).filter((name) => name !== leader.name);
    await keeperOrder(leader.keeper, { kind: 'synchronize', epoch, standbys });
  }

  return {
    startGroup: () => startGroup(options),
    endGroup: () => endGroup(options),

    async accompany() {
      const place = await groupPlace(options, options.group);
      for (const site of place.sites) await replaceDead(site);
      const rehearsals = await Promise.all((await stagedGroups(options)).map((name) => groupPlace(options, name)));
      await Promise.all([place, ...rehearsals].map(keepCompany));
    },

    observe: async (group, depth = 'whole') => observeGroup(await groupPlace(options, group), sessions, depth),

    async freeze(group, name, epoch) {
      const { place, site } = await at(group, name);
      return order(place, site, { kind: 'freeze', epoch }) as ReturnType<ReplicatedStore['freeze']>;
    },

    async thaw(group, name, epoch) {
      const { place, site } = await at(group, name);
      await order(place, site, { kind: 'thaw', epoch });
    },

    async reached(group, name, position, withinMs) {
      const { site } = await at(group, name);
      return awaitPosition(site, sessions, position, withinMs);
    },

    async stop(group, name, epoch) {
      const { place, site } = await at(group, name);
      return (await order(place, site, { kind: 'stop', epoch })) as SwitchoverToken;
    },

    async start(group, name, epoch) {
      const { place, site } = await at(group, name);
      await assertNotSucceeded(place, site);
      await endExpiry(place, site);
      for (const other of place.sites)
        if (other !== site)
          await keeperOrder(other.keeper, { kind: 'detach', epoch, detached: false }).catch(() => undefined);
      await order(place, site, { kind: 'start', epoch });
    },

    async promote(group, name, epoch, token) {
      const { place, site } = await at(group, name);
      return (await order(place, site, { kind: 'promote', epoch, token })) as Promotion;
    },

    async probe(group, name, epoch) {
      const { site } = await at(group, name);
      await probeSite(site, sessions, epoch);
    },

    async fence(group, name, epoch, level) {
      const { place, site } = await at(group, name);
      try {
        await replaceDead(site);
        if (level === 'lease-expiry') return await expireLease(place, site, epoch, selfFenceSeconds);
        const wanted =
          level === 'refuse-writes' ? { kind: 'freeze' as const, epoch } : { kind: 'fence' as const, epoch, level };
        const seen = (await order(place, site, wanted)) as Pick<FenceResult, 'confirmed' | 'evidence'>;
        if (level !== 'refuse-writes') return { level, ...seen, selfStopBy: undefined };
        const evidence =
          'new transactions are read-only and sessions of clients have ended; a session may turn that off';
        return { level, confirmed: false, evidence, selfStopBy: undefined };
      } catch (error) {
        if (error instanceof StepFailure && error.name === 'Pointsman.LeaseLost') throw error;
        const evidence = error instanceof Error ? error.message : String(error);
        return { level, confirmed: false, evidence, selfStopBy: undefined };
      }
    },

    async follow(group, name, leaderName, epoch, token) {
      const { place, site } = await at(group, name);
      const leader = siteIn(place, leaderName);
      await order(place, site, { kind: 'follow', epoch, leader: leaderName, token });
      await endExpiry(place, site);
      await rearm(place, leader, epoch);
    },

    async rebuild(group, name, leaderName, epoch) {
      const { place, site } = await at(group, name);
      const leader = siteIn(place, leaderName);
      const prior = await options.prior?.(name);
      const wanted = { kind: 'rebuild' as const, epoch, leader: leaderName, ...(prior === undefined ? {} : { prior }) };
      const { quarantine } = (await order(place, site, wanted)) as { quarantine?: string };
      if (prior !== undefined) await rm(prior, { recursive: true, force: true });
      await endExpiry(place, site);
      await rearm(place, leader, epoch);
      return { quarantine };
    },

    async lostWrites(group, name, epoch, promotion) {
      const { place, site } = await at(group, name);
      const key = `the ledger of ${group}/${name} at ${promotion.fork.branch}/${promotion.fork.offset}`;
      return long.ask(key, () => inCompany(place, () => lostWrites(place, site, epoch, promotion)));
    },

    async contents(group, name) {
      const { site } = await at(group, name);
      return long.ask(`the contents of ${group}/${name}`, async () => {
        try {
          return await sqlSession(await site.sql(), 3_600_000, readContents);
        } catch (error) {
          if (!isUnanswered(error)) throw error;
          throw new StepFailure('Pointsman.SiteUnreachable', `${group}/${name}: ${error.message}`, { cause: error });
        }
      });
    },

    stage: (group, scratch, epoch) =>
      long.ask(`staging ${scratch} with epoch ${epoch}`, async () => {
        await inCompany(await groupPlace(options, group), () => stageGroup(options, sessions, scratch, epoch));
      }),

    unstage: (scratch) => long.ask(`ending ${scratch}`, () => unstageGroup(options, scratch)),
  };
}

/** @throws StepFailure `Pointsman.AlreadyPromoted` when another site became primary behind this one */
async function assertNotSucceeded({ sites }: GroupPlace, site: SitePlace): Promise<void> {
  const own = await keeperState(site.keeper, 2000);
  if (own.record.role.kind !== 'primary') return;
  for (const other of sites) {
    if (other === site) continue;
    const seen = await keeperState(other.keeper, 1000).catch(() => undefined);
    if (seen?.record.role.kind !== 'primary' || seen.control === null) continue;
    if (timelineOf(seen) > timelineOf(own))
      throw new StepFailure(
        'Pointsman.AlreadyPromoted',
        `asked to start ${site.keeper.name}, but ${other.name} is the primary now`,
      );
  }
}

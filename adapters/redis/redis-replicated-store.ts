import type { FenceResult, ReplicatedStore } from '../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { longCalls } from '../shared/long-calls.ts';
import { bringUp } from './site/bring-up.ts';
import { fenceSite } from './site/fence-site.ts';
import { followLeader } from './site/follow-leader.ts';
import { freezeSite, thawSite } from './site/freeze-site.ts';
import { promoteSite } from './site/promote-site.ts';
import { rebuildSite } from './site/rebuild-site.ts';
import { stopSite } from './site/stop-site.ts';
import { awaitPosition } from './store/await-position.ts';
import type { RedisGroupOptions } from './store/group-options.ts';
import { groupPlaces, othersIn, siteIn, type GroupPlace } from './store/group-place.ts';
import { attachAgain, expireLease } from './store/lease-expiry.ts';
import { lostWrites } from './store/lost-writes.ts';
import { markStream } from './store/mark-stream.ts';
import { observeGroup } from './store/observe-group.ts';
import { probeSite } from './store/probe-site.ts';
import { readContents } from './store/read-contents.ts';
import { stageGroup, unstageGroup } from './store/stage-group.ts';
import { endGroup, newest, startGroup } from './store/start-group.ts';
import type { KeptSite } from './site/kept-site.ts';

/** `ReplicatedStore`, and what whoever runs the group does with it. */
export interface RedisReplicatedStore extends ReplicatedStore {
  /**
   * Makes a new group, or starts the servers of one that is there. Safe to repeat.
   * @throws StepFailure `Pointsman.StillWorking` while much data is loaded or copied: call it again
   */
  startGroup(): Promise<void>;
  /** Ends its servers and all rehearsals; nothing of the data is deleted. */
  endGroup(): Promise<void>;
}

/**
 * A group of Redis servers on this machine. A site is its server, which outlives this process, and a record in its folder; there is no other
 * process that keeps it (docs/decisions/0022-redis-keeps-itself.md).
 */
export function redisReplicatedStore(options: RedisGroupOptions): RedisReplicatedStore {
  const places = groupPlaces(options);
  const long = longCalls();
  const isGuarded = options.selfFenceSeconds !== undefined;

  async function at(group: string, name: string) {
    const place = await places.place(group);
    return { place, site: siteIn(place, name) };
  }
  /** One order after the other at each site, none of an epoch that has passed, also when it had to wait. */
  async function order<T>(kind: string, site: KeptSite, epoch: number, run: () => Promise<T>): Promise<T> {
    await site.accept(epoch);
    return long.ask(`${kind} of ${site.label} with epoch ${epoch}`, () =>
      site.inTurn(async () => {
        await site.accept(epoch);
        return run();
      }),
    );
  }

  return {
    startGroup: async () => startGroup(await places.place(options.group)),
    endGroup: async () => endGroup(await places.place(options.group), places),

    observe: async (group) => observeGroup(await places.place(group)),

    async freeze(group, name, epoch) {
      const { site } = await at(group, name);
      return order('freeze', site, epoch, () => freezeSite(site));
    },

    async thaw(group, name, epoch) {
      const { site } = await at(group, name);
      await order('thaw', site, epoch, () => thawSite(site));
    },

    async reached(group, name, position, withinMs) {
      const { site } = await at(group, name);
      return awaitPosition(site, position, Math.min(withinMs, 2000));
    },

    async stop(group, name, epoch) {
      const { place, site } = await at(group, name);
      return order('stop', site, epoch, () => stopSite(site, othersIn(place, site), epoch));
    },

    async start(group, name, epoch) {
      const { place, site } = await at(group, name);
      await order('start', site, epoch, async () => {
        await assertNotSucceeded(place, site);
        await site.note({ wanted: 'running', isolated: false }, epoch);
        await bringUp(site);
        await attachAgain(site, othersIn(place, site));
      });
    },

    async promote(group, name, epoch, token) {
      const { place, site } = await at(group, name);
      const records = await Promise.all(place.sites.map((each) => each.record()));
      const generation = Math.max(...records.map((record) => record.generation)) + 1;
      return order('promote', site, epoch, () => promoteSite(site, epoch, token, generation));
    },

    async probe(group, name, epoch) {
      const { site } = await at(group, name);
      await site.accept(epoch);
      await probeSite(site, epoch);
    },

    async fence(group, name, epoch, level): Promise<FenceResult> {
      const { place, site } = await at(group, name);
      await site.accept(epoch);
      try {
        if (level === 'lease-expiry')
          return await expireLease(site, othersIn(place, site), epoch, options.selfFenceSeconds);
        return { level, ...(await fenceSite(site, level)), selfStopBy: undefined };
      } catch (error) {
        const evidence = error instanceof Error ? error.message : String(error);
        return { level, confirmed: false, evidence, selfStopBy: undefined };
      }
    },

    async follow(group, name, leaderName, epoch, token) {
      const { place, site } = await at(group, name);
      const leader = siteIn(place, leaderName);
      await order(`follow ${leaderName}`, site, epoch, async () => {
        await followLeader(site, leader, epoch, token);
        await markStream(leader, isGuarded);
      });
    },

    async rebuild(group, name, leaderName, epoch) {
      const { place, site } = await at(group, name);
      const leader = siteIn(place, leaderName);
      const quarantine = await order(`rebuild from ${leaderName}`, site, epoch, async () => {
        const aside = await rebuildSite(site, leader, epoch);
        await markStream(leader, isGuarded);
        return aside;
      });
      return { quarantine };
    },

    async lostWrites(group, name, epoch, promotion) {
      const { place, site } = await at(group, name);
      await site.accept(epoch);
      const key = `the ledger of ${site.label} at ${promotion.fork.branch}/${promotion.fork.offset}`;
      return long.ask(key, () => lostWrites(place, site, promotion));
    },

    async contents(group, name) {
      const { site } = await at(group, name);
      return long.ask(`the contents of ${site.label}`, () => site.reach(3_600_000, readContents));
    },

    stage: (group, scratch, epoch) =>
      long.ask(`staging ${scratch} of ${group} with epoch ${epoch}`, () => stageGroup(options, places, scratch, epoch)),

    unstage: (scratch) => long.ask(`ending ${scratch}`, () => unstageGroup(options, places, scratch)),
  };
}

/** @throws StepFailure `Pointsman.AlreadyPromoted` when another site became primary behind this one */
async function assertNotSucceeded({ sites }: GroupPlace, site: KeptSite): Promise<void> {
  const own = await site.record();
  if (own.role !== 'primary') return;
  const all = await Promise.all(sites.map(async (each) => ({ site: each, record: await each.record() })));
  const leading = newest(all);
  if (leading === undefined || leading.record.generation <= own.generation) return;
  throw new StepFailure(
    'Pointsman.AlreadyPromoted',
    `asked to start ${site.label}, but ${leading.site.name} is the primary now`,
  );
}

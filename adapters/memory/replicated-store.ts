import type { Clock } from '../../functions/ports/clock.ts';
import type { GroupName, SiteName } from '../../functions/ports/recovery/position.ts';
import type { ReplicatedStore } from '../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import {
  type ChangeLog,
  contentsOf,
  emptyLog,
  endOf,
  forked,
  holds,
  lostWrites,
  rowsOf,
  type WantedChange,
  withCommit,
  withMark,
} from './change-log.ts';
import { fenced } from './model-fence.ts';
import {
  end,
  exposuresOf,
  follow,
  isNewer,
  type ModelSite,
  newSite,
  pull,
  shownState,
  streams,
  takesWrites,
} from './model-site.ts';

interface MemoryReplicatedStoreOptions {
  readonly group: GroupName;
  /** The first is the primary. */
  readonly sites: readonly SiteName[];
  readonly clock: Clock;
  /** How long a primary that sees neither controller nor standby goes on; Infinity: for ever. Default 10. */
  readonly selfStopSeconds?: number;
  /** Whether `isolate` can be done; default false. */
  readonly isolates?: boolean;
}

/** A model of a replicated store. What happens to it, and what its clients do, is said by tests. */
interface MemoryReplicatedStore extends ReplicatedStore {
  /** As a client beside the site would. Resolves when the commit is acknowledged, with its id. */
  write(group: GroupName, site: SiteName, changes: readonly WantedChange[]): Promise<string>;
  /** Rows as a reader at the site sees them. */
  rows(group: GroupName, site: SiteName): ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Its process ends as if the power went. */
  kill(site: SiteName): void;
  /** Its process stays and does nothing. */
  hang(site: SiteName): void;
  /** It lives, and only clients beside it reach it. */
  partition(site: SiteName): void;
  /** What hangs goes on, what was killed is started by its machine unless it was fenced, what was cut off is reached. */
  heal(site: SiteName): void;
  /** What is sent to the site does not arrive, or arrives and is not applied, until told otherwise. */
  hold(site: SiteName, what: 'sent' | 'applied' | 'nothing'): void;
  /** Every site of every group that a client could change something at, right now. */
  writable(group: GroupName): readonly { readonly site: SiteName; readonly epoch: number }[];
}

type Group = Map<SiteName, ModelSite>;

/** The test double of `ReplicatedStore`: sites, streams, branches and fences, without a database. */
export function memoryReplicatedStore(options: MemoryReplicatedStoreOptions): MemoryReplicatedStore {
  const { clock, sites, isolates = false, selfStopSeconds = 10 } = options;
  const selfStopMs = 1000 * selfStopSeconds;
  const [primary = ''] = sites;
  const lineage = `model-${options.group}`;
  const groups = new Map<GroupName, Group>([
    [
      options.group,
      new Map(sites.map((name) => [name, newSite(name, emptyLog(lineage), name === primary ? undefined : primary)])),
    ],
  ]);
  const stagedBy = new Map<GroupName, number>();
  let commits = 0;

  /** The group after everything that happened by itself: streams, and primaries that stopped because they were alone. */
  function groupNow(name: GroupName): Group {
    const group = groups.get(name);
    if (group === undefined)
      throw new StepFailure(
        'Pointsman.NoSuchSite',
        `there is no group ${name}; there are ${[...groups.keys()].join(', ')}`,
      );
    for (const site of group.values()) {
      const isAlone = site.role === 'primary' && site.aloneSince !== undefined && site.process === 'running';
      if (isAlone && clock.now() >= (site.aloneSince ?? 0) + selfStopMs) end(site);
    }
    for (const site of group.values()) pull(site, group.get(site.follows ?? ''));
    return group;
  }

  function siteNow(group: GroupName, name: SiteName): ModelSite {
    const all = groupNow(group);
    const site = all.get(name);
    if (site !== undefined) return site;
    throw new StepFailure('Pointsman.NoSuchSite', `${group} has no site ${name}; it has ${[...all.keys()].join(', ')}`);
  }

  /** For a change: shows the epoch. */
  function shown(group: GroupName, name: SiteName, epoch: number): ModelSite {
    const site = siteNow(group, name);
    if (site.partitioned) throw unreachable(site);
    if (epoch < site.epoch)
      throw new StepFailure(
        'Pointsman.LeaseLost',
        `${name}: asked with epoch ${epoch}, was shown ${site.epoch} before`,
      );
    site.epoch = epoch;
    return site;
  }

  const others = (group: GroupName, site: ModelSite) =>
    groupNow(group)
      .values()
      .filter((other) => other !== site)
      .toArray();

  const store: ReplicatedStore = {
    async observe(group) {
      const all = groupNow(group);
      const states = Array.from(all.values(), (site) => shownState(site, all.get(site.follows ?? '')));
      return { group, sites: states, exposures: exposuresOf([...all.values()], clock.now()), at: clock.now() };
    },

    async freeze(group, name, epoch) {
      const site = answering(shown(group, name, epoch));
      if (site.role !== 'primary') throw notPrimary(site);
      site.frozen = true;
      return endOf(logOf(site));
    },

    async thaw(group, name, epoch) {
      answering(shown(group, name, epoch)).frozen = false;
    },

    async reached(group, name, position, _withinMs) {
      const site = siteNow(group, name);
      const log = site.log;
      if (site.partitioned || site.process !== 'running' || log === undefined) throw unreachable(site);
      return holds(log, position) && (site.role === 'primary' || site.applied >= Number(position.offset));
    },

    async stop(group, name, epoch) {
      const site = shown(group, name, epoch);
      if (site.process === 'hung') throw unreachable(site);
      if (site.role !== 'primary') throw notPrimary(site);
      if (site.process === 'ended') {
        if (site.token !== undefined) return site.token;
        throw new StepFailure('Pointsman.UncleanStop', `${name} ended without a shutdown; there is no proof of where`);
      }
      const slow = others(group, site).find((other) => streams(other, site) && other.held);
      site.frozen = true;
      if (slow !== undefined)
        throw new StepFailure('Pointsman.StillWorking', `${name} waits until ${slow.name} was sent all`);
      site.log = withMark(logOf(site), clock.now());
      groupNow(group); // the standbys get the shutdown
      site.process = 'ended';
      site.barred = true;
      site.token = { lineage, site: name, end: endOf(site.log), epoch, at: clock.now() };
      return site.token;
    },

    async start(group, name, epoch) {
      const site = shown(group, name, epoch);
      const successor = others(group, site).find((other) => other.role === 'primary' && isNewer(other, site));
      if (successor !== undefined && site.role === 'primary')
        throw new StepFailure(
          'Pointsman.AlreadyPromoted',
          `asked to start ${name}, but ${successor.name} is the primary now`,
        );
      logOf(site);
      Object.assign(site, { barred: false, isolated: false, waitedFor: undefined, aloneSince: undefined });
      if (site.process === 'hung') throw unreachable(site);
      site.process = 'running';
      site.token = undefined;
    },

    async promote(group, name, epoch, token) {
      const site = answering(shown(group, name, epoch));
      if (site.role === 'primary') {
        if (site.promoted?.epoch === epoch) return site.promoted.promotion;
        throw new StepFailure('Pointsman.NotStandby', `asked to promote ${name}, which is the primary already`);
      }
      const log = logOf(site);
      if (token !== undefined && (token.lineage !== log.lineage || !holds(log, token.end)))
        throw new StepFailure(
          'Pointsman.NotCaughtUp',
          `${name} ends at ${endOf(log).branch}/${endOf(log).offset}, the token at ${token.end.branch}/${token.end.offset}`,
        );
      const branch = String(Math.max(...branchesOf(groupNow(group))) + 1);
      const promotion = { site: name, fork: endOf(log), branch, at: clock.now() };
      site.log = forked(log, branch);
      Object.assign(site, {
        role: 'primary',
        follows: undefined,
        frozen: false,
        token: undefined,
        aloneSince: undefined,
      });
      site.promoted = { promotion, epoch };
      return promotion;
    },

    async probe(group, name, epoch) {
      const site = shown(group, name, epoch);
      if (!takesWrites(site))
        throw new StepFailure(
          'Pointsman.ProbeFailed',
          `${name}: the probe's row was not taken; it is ${stateOf(site)}`,
        );
      site.log = withMark(logOf(site), clock.now());
    },

    async fence(group, name, epoch, level) {
      const site = siteNow(group, name);
      if (!site.partitioned) shown(group, name, epoch);
      return fenced(site, epoch, level, { now: clock.now(), selfStopMs, isolates });
    },

    async follow(group, name, leaderName, epoch, token) {
      const site = shown(group, name, epoch);
      const leader = answering(siteNow(group, leaderName));
      if (site.role === 'standby' && site.follows === leaderName && streams(site, leader)) return;
      const log = logOf(site);
      if (leader.role !== 'primary') throw notPrimary(leader);
      if (site.role === 'primary' && site.process !== 'ended')
        throw new StepFailure('Pointsman.Diverged', `${name} is a primary that was not stopped`);
      if (token.lineage !== log.lineage || !holds(logOf(leader), endOf(log)))
        throw new StepFailure(
          'Pointsman.Diverged',
          `${name} ends at ${endOf(log).offset}, behind what ${leaderName} has`,
        );
      follow(site, leaderName);
    },

    async rebuild(group, name, leaderName, epoch) {
      const site = shown(group, name, epoch);
      const leader = answering(siteNow(group, leaderName));
      if (leader.role !== 'primary') throw notPrimary(leader);
      if (site.role === 'standby' && site.follows === leaderName && streams(site, leader))
        return { quarantine: site.quarantine.at(-1)?.name };
      if (site.process === 'hung') site.process = 'ended';
      if (site.log !== undefined)
        site.quarantine = [...site.quarantine, { name: `${name}.quarantine-${epoch}`, log: site.log }];
      site.log = logOf(leader);
      site.applied = Number(endOf(site.log).offset);
      follow(site, leaderName);
      return { quarantine: site.quarantine.at(-1)?.name };
    },

    async lostWrites(group, name, epoch, { fork }) {
      const site = shown(group, name, epoch);
      const isCurrent = (log: ChangeLog | undefined): log is ChangeLog =>
        log !== undefined && log.branches.at(-1)?.branch === fork.branch;
      const old = site.quarantine.findLast(({ log }) => isCurrent(log));
      if (old !== undefined) return lostWrites(old.log, fork, old.name);
      if (!isCurrent(site.log) || site.process !== 'ended')
        throw new StepFailure('Pointsman.SiteUnreachable', `${name} is ${stateOf(site)}: its old data cannot be read`);
      return lostWrites(site.log, fork, `${name}, as it was left`);
    },

    async contents(group, name) {
      return contentsOf(logOf(answering(siteNow(group, name))));
    },

    async stage(group, scratch, epoch) {
      const all = groupNow(group);
      const by = stagedBy.get(scratch) ?? 0;
      if (epoch < by)
        throw new StepFailure('Pointsman.LeaseLost', `${scratch}: asked with epoch ${epoch}, was staged with ${by}`);
      if (epoch === by) return;
      const source = [...all.values()].find(
        (site) => site.role === 'standby' && site.process === 'running' && !site.partitioned,
      );
      if (source === undefined) throw new StepFailure('Pointsman.SiteUnreachable', `${group} has no standby to copy`);
      const leader = source.follows;
      const log = forked(logOf(source), String(Math.max(...branchesOf(all)) + 1));
      const copies = [...all.keys()].map((name) => newSite(name, log, name === leader ? undefined : leader));
      for (const copy of copies) copy.epoch = epoch;
      stagedBy.set(scratch, epoch);
      groups.set(scratch, new Map(copies.map((copy) => [copy.name, copy])));
    },

    async unstage(scratch) {
      if (scratch === options.group)
        throw new StepFailure('Pointsman.NotScratch', `${scratch} was not staged; only a rehearsal is deleted`);
      groups.delete(scratch);
      stagedBy.delete(scratch);
    },
  };

  const mine = (name: SiteName) => siteNow(options.group, name);
  return {
    ...store,
    async write(group, name, changes) {
      const site = siteNow(group, name);
      if (!takesWrites(site)) throw new Error(`${name} takes no writes: it is ${stateOf(site)}`);
      const id = `commit-${++commits}`;
      site.log = withCommit(logOf(site), id, clock.now(), changes);
      groupNow(group); // what flows is sent before a crash can come
      return id;
    },
    rows: (group, name) => rowsOf(logOf(siteNow(group, name))),
    kill: (name) => end(mine(name), { barred: false }),
    hang(name) {
      const site = mine(name);
      site.process = 'hung';
      site.aloneSince = clock.now();
    },
    partition(name) {
      const site = mine(name);
      site.partitioned = true;
      site.aloneSince = clock.now();
    },
    heal(name) {
      const site = mine(name);
      const isOverdue = site.role === 'primary' && clock.now() >= (site.aloneSince ?? Infinity) + selfStopMs;
      site.partitioned = false;
      site.aloneSince = undefined;
      if (isOverdue) return end(site);
      if (!site.barred && site.log !== undefined) site.process = 'running';
    },
    hold: (name, what) => void Object.assign(mine(name), { held: what === 'sent', applyHeld: what === 'applied' }),
    writable: (group) =>
      [...groupNow(group).values()].filter(takesWrites).map(({ name: site, epoch }) => ({ site, epoch })),
  };
}

function logOf({ log, name }: ModelSite): ChangeLog {
  if (log === undefined) throw new StepFailure('Pointsman.SiteUnreachable', `${name} holds no data`);
  return log;
}

function answering(site: ModelSite): ModelSite {
  if (site.partitioned || site.process !== 'running') throw unreachable(site);
  return site;
}

const stateOf = ({ partitioned, process, role, frozen }: ModelSite): string =>
  `${partitioned ? 'cut off' : process}, ${frozen ? 'frozen ' : ''}${role}`;

const unreachable = (site: ModelSite) =>
  new StepFailure('Pointsman.SiteUnreachable', `${site.name} does not answer: it is ${stateOf(site)}`);

const notPrimary = (site: ModelSite) =>
  new StepFailure('Pointsman.NotPrimary', `${site.name} is ${stateOf(site)}, no primary`);

const branchesOf = (group: Group): readonly number[] =>
  Array.from(group.values()).flatMap(({ log }) => log?.branches.map(({ branch }) => Number(branch)) ?? []);

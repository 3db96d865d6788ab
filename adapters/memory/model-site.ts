import { bytesBetween, type Position, type SiteName } from '../../functions/ports/recovery/position.ts';
import type {
  Exposure,
  Promotion,
  SiteState,
  SwitchoverToken,
} from '../../functions/ports/recovery/replicated-store.ts';
import { type ChangeLog, commitsAfter, endOf, holds, lastChangeAt } from './change-log.ts';

/** A site of the model: a machine, a store on it, and the links that lead to it. */
export interface ModelSite {
  readonly name: SiteName;
  /** `ended`: no process. `hung`: there is one, and it does nothing. */
  process: 'running' | 'hung' | 'ended';
  role: 'primary' | 'standby';
  log: ChangeLog | undefined;
  /** Offset up to which a standby shows changes to readers. */
  applied: number;
  /** Refuses clients' writes. */
  frozen: boolean;
  /** Cut off from controller, other sites and the endpoint; clients beside it still reach it. */
  partitioned: boolean;
  /** Fenced: reached by no client, and not started when its machine comes back. */
  barred: boolean;
  isolated: boolean;
  /** Since when a primary sees neither controller nor standby, milliseconds since 1970. */
  aloneSince: number | undefined;
  /** When a controller first began to wait for its end, and with which epoch. */
  waitedFor: { readonly since: number; readonly epoch: number } | undefined;
  follows: SiteName | undefined;
  /** What is sent to it does not arrive; what arrived is not applied. Set by tests. */
  held: boolean;
  applyHeld: boolean;
  epoch: number;
  token: SwitchoverToken | undefined;
  promoted: { readonly promotion: Promotion; readonly epoch: number } | undefined;
  quarantine: readonly { readonly name: string; readonly log: ChangeLog }[];
}

export const newSite = (name: SiteName, log: ChangeLog | undefined, leader: SiteName | undefined): ModelSite => ({
  name,
  process: log === undefined ? 'ended' : 'running',
  role: leader === undefined ? 'primary' : 'standby',
  log,
  applied: log === undefined ? 0 : Number(endOf(log).offset),
  frozen: false,
  partitioned: false,
  barred: false,
  isolated: false,
  aloneSince: undefined,
  waitedFor: undefined,
  follows: leader,
  held: false,
  applyHeld: false,
  epoch: 0,
  token: undefined,
  promoted: undefined,
  quarantine: [],
});

/** Whether a client beside it can change anything. */
export const takesWrites = ({ process, role, frozen, isolated }: ModelSite): boolean =>
  process === 'running' && role === 'primary' && !frozen && !isolated;

/** Whether changes of `leader` reach the standby. */
export const streams = (standby: ModelSite, leader: ModelSite | undefined): boolean =>
  standby.role === 'standby' &&
  standby.process === 'running' &&
  !standby.partitioned &&
  leader?.process === 'running' &&
  leader.role === 'primary' &&
  !leader.partitioned &&
  standby.log !== undefined &&
  leader.log !== undefined &&
  holds(leader.log, endOf(standby.log));

/** Ends its process without a shutdown. */
export function end(site: ModelSite, { barred }: { readonly barred: boolean } = { barred: true }): void {
  site.process = 'ended';
  site.barred ||= barred;
}

/** The site as the controller sees it. */
export function shownState(site: ModelSite, leader: ModelSite | undefined): SiteState {
  if (site.partitioned || site.process === 'hung') return unseen(site.name, 'silent', 'unknown');
  if (site.log === undefined) return unseen(site.name, 'absent', 'refused');
  const received = endOf(site.log);
  const isUp = site.process === 'running';
  const flows = streams(site, leader) && !site.held;
  return {
    site: site.name,
    reach: isUp ? 'answers' : 'stopped',
    role: site.role,
    writes: takesWrites(site) ? 'accepted' : 'refused',
    lineage: site.log.lineage,
    received,
    applied: appliedBy(site, received),
    follows: site.role === 'standby' ? site.follows : undefined,
    stream: site.role === 'primary' || !isUp ? 'none' : flows ? 'flowing' : 'broken',
    lastChangeAt: lastChangeAt(site.log),
    epoch: site.epoch,
    settings: { engine: 'model' },
    warnings: [],
  };
}

const appliedBy = ({ role, applied }: ModelSite, received: Position): Position =>
  role === 'primary' ? received : { ...received, offset: String(applied) };

const unseen = (site: SiteName, reach: SiteState['reach'], writes: SiteState['writes']): SiteState => ({
  site,
  reach,
  role: 'unknown',
  writes,
  lineage: undefined,
  received: undefined,
  applied: undefined,
  follows: undefined,
  stream: 'none',
  lastChangeAt: undefined,
  epoch: 0,
  settings: {},
  warnings: [],
});

/** Whether `a` went on a branch that was opened after the one `b` is on. */
export const isNewer = (a: ModelSite, b: ModelSite): boolean =>
  a.log !== undefined && b.log !== undefined && Number(endOf(a.log).branch) > Number(endOf(b.log).branch);

/** What the leader has arrives at a standby, and is applied. */
export function pull(site: ModelSite, leader: ModelSite | undefined): void {
  if (site.log === undefined || site.role !== 'standby') return;
  if (!site.held && streams(site, leader) && leader?.log !== undefined) site.log = leader.log;
  if (!site.applyHeld && site.process === 'running') site.applied = Number(endOf(site.log).offset);
}

/** Makes it a running standby; what was done to it as a primary ends. */
export const follow = (site: ModelSite, leader: SiteName): void =>
  void Object.assign(site, {
    process: 'running',
    role: 'standby',
    follows: leader,
    frozen: false,
    barred: false,
    isolated: false,
    aloneSince: undefined,
    waitedFor: undefined,
    token: undefined,
    promoted: undefined,
  } satisfies Partial<ModelSite>);

/** What would be lost at each standby if the primary vanished now. */
export function exposuresOf(sites: readonly ModelSite[], now: number): readonly Exposure[] {
  const leader = sites.find(
    ({ role, process, partitioned }) => role === 'primary' && process === 'running' && !partitioned,
  );
  if (leader?.log === undefined) return [];
  const { log } = leader;
  return sites.flatMap(({ name: site, role, log: own, partitioned, process }): Exposure[] => {
    if (role !== 'standby' || own === undefined || partitioned || process !== 'running') return [];
    const bytes = bytesBetween(endOf(own), endOf(log));
    const seconds = bytes > 0n ? (now - (lastChangeAt(own) ?? now)) / 1000 : 0;
    return [{ site, bytes: String(bytes), seconds, commits: commitsAfter(log, Number(endOf(own).offset)).length }];
  });
}

import type { GroupName, Position, SiteName } from './position.ts';

/** A site of a group as it is at this moment. */
export interface SiteState {
  readonly site: SiteName;
  /**
   * `answers`; `silent`: something may be running there that does not answer within a second; `stopped`: nothing runs
   * there, for certain; `absent`: there is no data.
   */
  readonly reach: 'answers' | 'silent' | 'stopped' | 'absent';
  readonly role: 'primary' | 'standby' | 'unknown';
  /** Whether a client that reaches the site itself, past every endpoint, can change anything. */
  readonly writes: 'accepted' | 'refused' | 'unknown';
  /** Identity of the data, the same on every site that replicates it; undefined where it cannot be read. */
  readonly lineage: string | undefined;
  /** End of what the site has: its own changes, or what it was sent. */
  readonly received: Position | undefined;
  /** End of what a standby shows to readers; a primary's is `received`. */
  readonly applied: Position | undefined;
  /** Of a standby: whom it follows, and whether changes arrive. */
  readonly follows: SiteName | undefined;
  readonly stream: 'flowing' | 'broken' | 'none';
  /** When the newest applied change was committed, milliseconds since 1970. */
  readonly lastChangeAt: number | undefined;
  /** Highest epoch the site was ever shown; it refuses lower ones. */
  readonly epoch: number;
  /** What must be alike on every site (version, limits, checksums …), by name, for people and for comparing. */
  readonly settings: Readonly<Record<string, string>>;
  /** Dangers a setting or a counter shows, in words: a slot that fills the disk, an archive that fails, a long transaction. */
  readonly warnings: readonly string[];
}

/**
 * How closely a group is looked at. `brief` is for those who keep writes waiting: who answers, as what, with which data, and
 * whether it takes writes. It may leave out all else, and what it knows of a site that does not answer.
 */
export type Depth = 'whole' | 'brief';

/** What would be lost if the primary vanished now and `site` took over. */
export interface Exposure {
  readonly site: SiteName;
  readonly bytes: string;
  /** Since the newest change the site has, when bytes are missing; 0 when none are. */
  readonly seconds: number;
  /** Commits the site has not been sent; undefined where they cannot be counted. */
  readonly commits: number | undefined;
}

export interface GroupState {
  readonly group: GroupName;
  readonly sites: readonly SiteState[];
  /** Of each standby whose loss can be told; empty while the primary does not answer. */
  readonly exposures: readonly Exposure[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Proof that a primary has ended and where. A standby that has all up to `end` can take over without losing anything,
 * and the old primary can follow it as it is. Without a token a promotion is a failover.
 */
export interface SwitchoverToken {
  readonly lineage: string;
  readonly site: SiteName;
  /** Everything the primary ever acknowledged is before this. */
  readonly end: Position;
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Promotion {
  readonly site: SiteName;
  /** Where the new branch left its parent; what the old primary has behind it is lost. */
  readonly fork: Position;
  readonly branch: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Ways to keep a site from accepting writes, the mildest first. `refuse-writes` is advisory: a session may turn it off.
 * `lease-expiry` is known by waiting: a site that sees neither controller nor standby stops by itself.
 */
export type FenceLevel = 'refuse-writes' | 'stop' | 'isolate' | 'lease-expiry';

export interface FenceResult {
  readonly level: FenceLevel;
  /** Only a confirmed fence makes a promotion safe. */
  readonly confirmed: boolean;
  /** What was seen, in words. */
  readonly evidence: string;
  /** When the site will have stopped by itself if it is alive, milliseconds since 1970; undefined where it never does. */
  readonly selfStopBy: number | undefined;
}

/** A row that an old primary had acknowledged and the new one never had. */
export interface LostRow {
  readonly table: string;
  readonly change: 'insert' | 'update' | 'delete';
  /** The primary key, by column. */
  readonly key: Readonly<Record<string, unknown>>;
  /** The row as the old primary had it; of a delete, as it was before. */
  readonly row: Readonly<Record<string, unknown>>;
}

/** What a failover lost. */
export interface LostWrites {
  readonly fork: Position;
  readonly end: Position;
  readonly bytes: string;
  readonly commits: readonly { readonly id: string; readonly at: number }[];
  /** Rows that were changed, in the order of their keys. */
  readonly rows: readonly LostRow[];
  /** True when more rows were lost than listed here; `rowCount` counts all. */
  readonly truncated: boolean;
  readonly rowCount: number;
  /** Where the old primary's data lies untouched, in words a person can follow. */
  readonly quarantine: string;
}

/**
 * A store that is replicated between the sites of a group.
 *
 * Every call that changes something is safe to repeat: it looks first and does only what is missing. It carries the
 * run's epoch; a site that was shown a higher one refuses with StepFailure `Pointsman.LeaseLost`. A call that cannot end within
 * about 5 seconds fails with `Pointsman.StillWorking` and goes on: call it again with the same arguments until it resolves.
 * A site that should answer and does not: `Pointsman.SiteUnreachable`. An unknown group or site: `Pointsman.NoSuchSite`. What a
 * platform cannot do at all: `Pointsman.NotOffered`.
 */
export interface ReplicatedStore {
  /**
   * All sites side by side, within about 2 seconds. Never fails for a site that does not answer.
   * @param depth default `whole`
   */
  observe(group: GroupName, depth?: Depth): Promise<GroupState>;
  /**
   * Makes a primary refuse new writes and ends the sessions of clients. Resolves with the end of what it had acknowledged;
   * undefined where the platform does not show positions.
   */
  freeze(group: GroupName, site: SiteName, epoch: number): Promise<Position | undefined>;
  /** Takes `freeze` back. Of a site that is not frozen: nothing. */
  thaw(group: GroupName, site: SiteName, epoch: number): Promise<void>;
  /**
   * Whether the site has applied everything up to `position`: true as soon as it has, false after `withinMs` (at most
   * 2,000) without. It changes nothing and carries no epoch.
   */
  reached(group: GroupName, site: SiteName, position: Position, withinMs: number): Promise<boolean>;
  /**
   * Stops a primary so that its standbys were sent all it had, and proves where it ended; it stays stopped when its machine
   * comes back. Of one that was stopped so before: the same token. @throws StepFailure `Pointsman.UncleanStop` when it had
   * ended another way: there is no proof then
   */
  stop(group: GroupName, site: SiteName, epoch: number): Promise<SwitchoverToken>;
  /**
   * Starts a stopped site again in the role it had, and takes back what `fence` did to it: the way back while nothing is
   * promoted. Whether it takes writes is for `thaw`. @throws StepFailure `Pointsman.AlreadyPromoted` once another site was
   */
  start(group: GroupName, site: SiteName, epoch: number): Promise<void>;
  /**
   * Makes a standby the primary. It first applies everything it was sent. Resolves when it accepts writes, durably (a crash
   * right after finds it primary). Of one that is primary already on a branch of this epoch: the same promotion.
   * @throws StepFailure `Pointsman.NotCaughtUp` with a token whose `end` the site does not have
   * @throws StepFailure `Pointsman.NotStandby` for one that is primary on a branch of another epoch
   */
  promote(group: GroupName, site: SiteName, epoch: number, token: SwitchoverToken | undefined): Promise<Promotion>;
  /** Writes, reads and deletes one row that bears the epoch, as a client would. @throws StepFailure `Pointsman.ProbeFailed` */
  probe(group: GroupName, site: SiteName, epoch: number): Promise<void>;
  /**
   * One rung of the ladder. Fails only for a lower epoch and while it goes on: what it could not do is in its result. A site that was stopped
   * or isolated stays so when its machine comes back. `lease-expiry` is confirmed when `selfStopBy` has passed and the
   * site is still out of reach; the first call with an epoch sets `selfStopBy`.
   */
  fence(group: GroupName, site: SiteName, epoch: number, level: FenceLevel): Promise<FenceResult>;
  /**
   * Makes a stopped old primary, or a standby that follows another, a standby of `leader` as it is, on the strength of the
   * token. What `freeze` and `fence` did to it ends.
   * @throws StepFailure `Pointsman.Diverged` when it has anything that `leader` does not have
   */
  follow(group: GroupName, site: SiteName, leader: SiteName, epoch: number, token: SwitchoverToken): Promise<void>;
  /**
   * Makes the site a standby of `leader` without trusting what it holds: its data is put into quarantine (renamed, never
   * deleted), and a new copy is made, from a backup and what changed since where there is one. A site that is a standby
   * of `leader` already, and gets its changes, is left as it is. What `freeze` and `fence` did to it ends.
   */
  rebuild(
    group: GroupName,
    site: SiteName,
    leader: SiteName,
    epoch: number,
  ): Promise<{ readonly quarantine: string | undefined }>;
  /**
   * What the fenced old primary had acknowledged behind the promotion's fork, read from a copy of its quarantined data.
   * @throws StepFailure `Pointsman.SiteUnreachable` while that data cannot be reached: ask again later
   */
  lostWrites(group: GroupName, site: SiteName, epoch: number, promotion: Promotion): Promise<LostWrites>;
  /** Rows and checksums of every table, to compare two sites that stand still. */
  contents(group: GroupName, site: SiteName): Promise<Contents>;
  /**
   * Makes a group of its own out of copies of a standby, on scratch places that no client reaches, for rehearsals: the
   * same sites, the one that was primary as primary. One that was staged with a lower epoch is replaced.
   */
  stage(group: GroupName, scratch: GroupName, epoch: number): Promise<void>;
  /** Ends and deletes a staged group; of one that is not there: nothing. Refuses any other with `Pointsman.NotScratch`. */
  unstage(scratch: GroupName): Promise<void>;
}

/** What a store holds at one moment, for proofs. */
export interface Contents {
  /** Hash of tables, columns, indexes, constraints; the same for the same structure. */
  readonly structure: string;
  /** By name. `checksum` is over all rows, whatever their order. */
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly checksum: string }[];
}

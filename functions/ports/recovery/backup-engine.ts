import type { GroupName, Position, SiteName } from './position.ts';
import type { Contents } from './replicated-store.ts';

/** A backup as it lies at one site. */
export interface Backup {
  /** The same for the same scheduled backup, so that asking twice takes one: `shop-20261127T020000Z`. */
  readonly id: string;
  readonly group: GroupName;
  readonly site: SiteName;
  readonly kind: 'full' | 'incremental';
  /** The backup this one is the difference to; null of a full one. */
  readonly parent: string | null;
  readonly lineage: string;
  /** What must be replayed to use it: `to` is the first position it can be restored to. */
  readonly from: Position;
  readonly to: Position;
  /** The first moment it can be restored to: that of `to`, milliseconds since 1970. */
  readonly takenAt: number;
  readonly bytes: number;
  /** What it held at `proof.at`, to compare a restore with; null when it was not recorded. */
  readonly proof: { readonly at: Position; readonly contents: Contents } | null;
  /** A lock that nobody can lift ends then, milliseconds since 1970; null without one. */
  readonly lockedUntil: number | null;
}

export interface BackupOrder {
  readonly id: string;
  readonly group: GroupName;
  /** Where it is taken, and whose vault holds it. */
  readonly site: SiteName;
  readonly kind: 'full' | 'incremental';
  readonly parent: string | null;
  readonly epoch: number;
}

/** What a look at the stored bytes found; not a proof that they can be restored: only a restore is. */
export interface Verification {
  readonly intact: boolean;
  /** Each problem in words: what is missing, changed, cut short, or cannot be decrypted. Empty when intact. */
  readonly problems: readonly string[];
}

/** A line of history that can be restored. A failover opens a new one, and its parent may go on a while behind the fork. */
export interface Branch {
  readonly branch: string;
  readonly parent: string | null;
  /** Where it left its parent; null of the first. */
  readonly fork: Position | null;
  /**
   * First and last moment of its own that can be restored, milliseconds since 1970. It begins where it left its parent, so
   * a moment that lies in two branches is ambiguous; one before its fork lies in the parent.
   */
  readonly from: number;
  readonly to: number;
  /** End of what is archived of it. */
  readonly end: Position;
  /** What is in it and in no other, in words: "3 commits until 12:01:07, then abandoned". */
  readonly only: string;
  /** What `mark` marked on it behind its fork and can be restored, oldest first. */
  readonly points: readonly RecoveryPoint[];
}

/** A moment with a name. */
export interface RecoveryPoint {
  readonly name: string;
  readonly position: Position;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type RestoreTarget =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'latest' };

export interface RestoreOrder {
  readonly group: GroupName;
  /** Whose vault is read. */
  readonly site: SiteName;
  readonly backup: string;
  readonly target: RestoreTarget;
  /** The branch to follow to the target. */
  readonly branch: string;
  /** Names the place it is restored to; the same name again means the same restore. */
  readonly scratch: string;
}

/** A restored store beside the others: nobody's primary, archives nothing, reached by nobody by accident. */
export interface Restored {
  readonly scratch: string;
  /** Where it ended. */
  readonly position: Position;
  /** Commit time of the newest change in it, milliseconds since 1970; undefined when there is none to tell. */
  readonly lastChangeAt: number | undefined;
  /** How a person reaches it, without secrets. */
  readonly address: string;
}

/**
 * Backups of one kind of store. Long calls behave as those of `ReplicatedStore`: `Pointsman.StillWorking` until they resolve.
 * What a backup needs and cannot be had (a damaged file, a missing segment or manifest, a wrong key) is `Pointsman.BackupUnusable`
 * naming it: never a restore that looks well. A backup that is not there: `Pointsman.NoSuchBackup`. What a
 * platform cannot do at all, as reading the bytes of its own snapshots: `Pointsman.NotOffered`. An epoch is that of the
 * lease `backups:<group>`.
 */
export interface BackupEngine {
  /**
   * Takes a backup and records what it holds, as its proof. Of an id that is there: the same backup.
   * @throws StepFailure `Pointsman.NoParent` for a parent that is not there or cannot carry an incremental: take a full one
   */
  take(order: BackupOrder): Promise<Backup>;
  /** Copies a backup, and what its chain and restore need, into another site's vault under that site's own key. */
  copy(group: GroupName, id: string, from: SiteName, to: SiteName): Promise<Backup>;
  /** Reads every byte of the backup and its chain in that vault, with that site's key. */
  verify(group: GroupName, id: string, site: SiteName): Promise<Verification>;
  /** Oldest first; also damaged ones, as far as they can be read. */
  list(group: GroupName, site: SiteName): Promise<readonly Backup[]>;
  /**
   * `locked`: it stays until its lock ends, and that is no failure. Removing one that is not there: `removed`.
   * @throws StepFailure `Pointsman.BackupNeeded` while another stands on it: remove that first
   */
  remove(group: GroupName, id: string, site: SiteName): Promise<'removed' | 'locked'>;
  /**
   * Forgets archived changes from before the backup `since`, except those that a backup needs for itself (`from` to `to`).
   * From `since` on every moment can be restored, before it only what backups hold. Gives the bytes it freed.
   */
  trim(group: GroupName, site: SiteName, since: string): Promise<number>;
  /**
   * Marks this moment in the group's primary; it can be restored to by name. It adds and changes nothing else, so it needs no
   * lease. A name that is marked already: its position.
   */
  mark(group: GroupName, site: SiteName, name: string): Promise<Position>;
  /** What can be restored from a site's vault, oldest branch first. */
  branches(group: GroupName, site: SiteName): Promise<readonly Branch[]>;
  /**
   * Restores beside what runs, and resolves when the store is at its target: never before, never short of it.
   * @throws StepFailure `Pointsman.TargetNotReached` when what is stored ends before the target or begins after it
   */
  restore(order: RestoreOrder): Promise<Restored>;
  /** What a restored store holds. @throws StepFailure `Pointsman.NoSuchScratch` */
  inspect(group: GroupName, scratch: string): Promise<Contents>;
  /** Ends and deletes a restored store. Safe to repeat. */
  destroy(group: GroupName, scratch: string): Promise<void>;
}

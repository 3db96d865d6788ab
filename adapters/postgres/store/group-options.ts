import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import type { Settings } from '../server/server-config.ts';

/** A protected group of PostgreSQL servers on this machine: a primary and its streaming standbys. */
export interface PostgresGroupOptions {
  /** Where the group's data is, absolute. Made when it is missing; several groups may share one. */
  readonly folder: string;
  readonly group: GroupName;
  /** The first is the primary of a new group. */
  readonly sites: readonly PostgresSiteOptions[];
  /** What clients use; made with a new group. Default `postgres`. */
  readonly database?: string;
  /** Default `pointsman`. */
  readonly superuser?: string;
  /** The superuser's password, read anew each time. A new group is made with it; it is never changed afterwards. */
  readonly password: () => Promise<string>;
  /** Whom servers run as when this process is root, which PostgreSQL refuses. Default `nobody`. */
  readonly user?: string;
  /** Folder of another PostgreSQL's programs (15 or later): `/usr/lib/postgresql/15/bin`. Default: the one npm installed. */
  readonly bin?: string;
  /** Size of a WAL file of a new group in MB, a power of two from 1 to 1024. Default 16. */
  readonly segmentMb?: number;
  /** A primary whose keeper hears neither a controller nor a standby for so long is stopped by it. Default 20. */
  readonly selfFenceSeconds?: number;
  /**
   * Whether a commit is acknowledged only when a standby has it too. Loses nothing as long as clients wait: one that
   * cancels its wait has committed at the primary all the same. Default false.
   */
  readonly synchronous?: boolean;
  /** Of every server, by name, as postgresql.conf has them; above the adapter's own. */
  readonly settings?: Settings;
  /**
   * Lays an unpacked backup of the group down, when there is one, and gives its folder: the site is then copied incrementally
   * (17 or later). The store removes it when the site is rebuilt. Asked again while that goes on: the same folder.
   */
  readonly prior?: (site: SiteName) => Promise<string | undefined>;
  /** Where keepers run. Default: each as a process that outlives this one. */
  readonly keepers?: KeeperHost;
}

/** Brings keepers up and down, by the folder of their site. Safe to repeat. */
export interface KeeperHost {
  /** Resolves when it answers. */
  ensure(folder: string): Promise<void>;
  isAlive(folder: string): Promise<boolean>;
  /** The server it keeps runs on. */
  end(folder: string): Promise<void>;
}

export interface PostgresSiteOptions {
  readonly name: SiteName;
  /** Where its server listens on 127.0.0.1. */
  readonly port: number;
  /** `archive_command` of the site while it is primary; without one nothing is archived. */
  readonly archiveCommand?: string;
  /** `restore_command` of the site while it is a standby. */
  readonly restoreCommand?: string;
  /** Ports through which controller and other sites reach it, where they are not its own. */
  readonly reachedAt?: { readonly sql?: number; readonly keeper?: number };
}

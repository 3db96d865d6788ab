import type { Clock } from '../../../functions/ports/clock.ts';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import type { Settings } from '../server/server-config.ts';

/** Where a secret is: `env:NAME`, `file:PATH`. */
export type Reference = string;

/** A site of the group, as far as backups go. */
export interface SiteOptions {
  /** Where its server listens on this machine. */
  readonly port: number;
  /** Folder of its vault for this group. */
  readonly vault: string;
  /** Its own key, 32 bytes in hex or base64, which is kept anywhere but in the vault. */
  readonly key: Reference;
  /** How long what is stored cannot be removed; without it, not at all. */
  readonly lockHours?: number | undefined;
}

export interface BackupSiteOptions extends SiteOptions {
  /** Folder in which its server lays down its log for the vault; `archiveSettings` makes it do so. */
  readonly spool: string;
}

export type PostgresBackupOptions = GroupOptions<BackupSiteOptions>;

/** Of any engine that backs a group of PostgreSQL servers up. */
export interface GroupOptions<S extends SiteOptions = SiteOptions> {
  readonly group: GroupName;
  readonly sites: Readonly<Record<SiteName, S>>;
  /** Of restored stores and of the programs that run them. */
  readonly folder: string;
  /** A superuser, for which `replication` is allowed too. */
  readonly user: string;
  readonly database: string;
  readonly password: Reference;
  /** What a reference leads to. Asked each time: nothing is kept. */
  readonly secret: (reference: Reference) => Promise<string>;
  readonly clock: Clock;
  /** Folder of PostgreSQL's programs; default: those that npm installed. */
  readonly bin?: string | undefined;
  /** Whom servers run as when this process is root; default `nobody`. */
  readonly serverUser?: string | undefined;
  /** Of restored servers, above the adapter's own. */
  readonly scratchSettings?: Settings | undefined;
}

import type { GroupName, Position, SiteName } from '../../../functions/ports/recovery/position.ts';
import type { Promotion, SwitchoverToken } from '../../../functions/ports/recovery/replicated-store.ts';
import type { Database } from './database.ts';
import type { RdsSite } from './rds-settings.ts';

/** A site of a group as the platform shows it. */
export interface SiteView {
  readonly site: SiteName;
  readonly settings: RdsSite;
  /** Undefined when there is none, or when its region does not answer. */
  readonly database: Database | undefined;
  readonly isSilent: boolean;
  readonly role: 'primary' | 'standby' | 'unknown';
  readonly follows: SiteName | undefined;
  readonly stream: 'flowing' | 'broken' | 'none';
  readonly lineage: string | undefined;
  /** The platform is making another site the primary just now. */
  readonly isMoving: boolean;
}

/** A site that is there. */
export type LiveSite = SiteView & { readonly database: Database };

/** What RDS instances and Aurora clusters do each in their own way. Everything is observe-first and safe to repeat. */
export interface Topology {
  views(group: GroupName): Promise<readonly SiteView[]>;
  /** Of an isolated primary: where it ended, once its standbys have all of it. */
  prove(primary: LiveSite, views: readonly SiteView[]): Promise<Position>;
  reached(site: LiveSite, position: Position): Promise<boolean>;
  promote(
    site: LiveSite,
    views: readonly SiteView[],
    epoch: number,
    token: SwitchoverToken | undefined,
    group: GroupName,
  ): Promise<Promotion>;
  follow(site: SiteView, leader: LiveSite, epoch: number, token: SwitchoverToken): Promise<void>;
  rebuild(site: SiteView, leader: LiveSite, epoch: number): Promise<{ readonly quarantine: string | undefined }>;
  stage(views: readonly SiteView[], scratch: GroupName, epoch: number): Promise<void>;
  unstage(scratch: GroupName): Promise<void>;
}

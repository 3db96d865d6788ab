import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import type { Settings } from '../server/server-config.ts';
import type { ServerUser } from '../server/server-user.ts';

/** What a site's keeper is told of its site: all that changes only when somebody configures it. No secret is in it. */
export interface SiteSetup {
  readonly group: GroupName;
  readonly site: SiteName;
  readonly port: number;
  /** Where the keeper's control listens; 0: anywhere. */
  readonly keeperPort: number;
  readonly bin: string;
  readonly major: number;
  readonly user: ServerUser | undefined;
  readonly superuser: string;
  readonly database: string;
  readonly selfFenceSeconds: number;
  /** Of the server, above the adapter's own. */
  readonly settings: Settings;
  readonly archiveCommand: string | undefined;
  readonly restoreCommand: string | undefined;
  /** Ports of this machine at which this site reaches the others' servers. */
  readonly peers: Readonly<Record<SiteName, number>>;
}

/** Where a site keeps what, below its folder. */
export interface SiteFolders {
  readonly site: string;
  readonly data: string;
  /** A copy that is being made. */
  readonly incoming: string;
  readonly quarantine: string;
  readonly config: string;
  readonly log: string;
  /** The password as PostgreSQL's own clients read it, and the keeper. */
  readonly passfile: string;
  /** For the user of the host only. */
  readonly keeper: string;
}

export const siteFolders = (site: string): SiteFolders => ({
  site,
  data: join(site, 'data'),
  incoming: join(site, 'data.incoming'),
  quarantine: join(site, 'quarantine'),
  config: join(site, 'config'),
  log: join(site, 'postgres.log'),
  passfile: join(site, 'passfile'),
  keeper: join(site, 'keeper'),
});

export const setupFile = (folder: string): string => join(siteFolders(folder).keeper, 'setup.json');

/** What `ensureKeeper` wrote. */
export const readSetup = async (folder: string): Promise<SiteSetup> =>
  JSON.parse(await readFile(setupFile(folder), 'utf8')) as SiteSetup;

import type { Backup, BackupEngine, Branch } from '../ports/recovery/backup-engine.ts';
import type { GroupName, SiteName } from '../ports/recovery/position.ts';

/** What one site's vault holds. */
export interface Vault {
  readonly site: SiteName;
  /** Oldest first. */
  readonly backups: readonly Backup[];
  readonly branches: readonly Branch[];
}

/** A vault that could not be read, and what was thrown. */
export interface Unread {
  readonly site: SiteName;
  readonly thrown: unknown;
}

/** The vaults of all sites, in the order given. On a bad day one of them is gone. */
export async function readVaults(
  engine: Pick<BackupEngine, 'list' | 'branches'>,
  group: GroupName,
  sites: readonly SiteName[],
): Promise<{ readonly vaults: readonly Vault[]; readonly unread: readonly Unread[] }> {
  const vaults: Vault[] = [];
  const unread: Unread[] = [];
  const look = async (site: SiteName): Promise<Vault | Unread> => {
    try {
      const [backups, branches] = await Promise.all([engine.list(group, site), engine.branches(group, site)]);
      return { site, backups, branches };
    } catch (thrown) {
      return { site, thrown };
    }
  };
  for (const read of await Promise.all(sites.map(look)))
    if ('thrown' in read) unread.push(read);
    else vaults.push(read);
  return { vaults, unread };
}

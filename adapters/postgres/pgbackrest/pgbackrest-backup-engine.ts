import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { engineOverSites } from '../backups/engine-over-sites.ts';
import type { ArchivingBackupEngine } from '../backups/postgres-backup-engine.ts';
import { openFolder } from '../server/open-folder.ts';
import { serverUser } from '../server/server-user.ts';
import { copyBackup } from './copy-backup.ts';
import { layOutRestore } from './lay-out-restore.ts';
import type { PgBackRestOptions } from './options.ts';
import { removeBackup } from './remove-set.ts';
import { type RepositorySite, repositorySite } from './repository-site.ts';
import { takeBackup } from './take-backup.ts';
import { verifyBackup } from './verify-backup.ts';

/**
 * Backups of one group's PostgreSQL by pgBackRest, a repository in each site's vault, encrypted with that site's key. It needs
 * pgBackRest, and a server that pgBackRest knows: Debian's 2.45 knows up to PostgreSQL 15.
 */
export function pgBackRestBackupEngine(options: PgBackRestOptions): ArchivingBackupEngine {
  const sites = new Map<SiteName, RepositorySite>(
    Object.keys(options.sites).map((name) => [name, repositorySite(options, name)]),
  );
  const site = (name: SiteName) => sites.get(name) ?? repositorySite(options, name); // which says what there is
  return {
    ...engineOverSites(options, {
      site,
      take: takeBackup,
      copy: copyBackup,
      verify: verifyBackup,
      remove: removeBackup,
      layOut: layOutRestore((name) => site(name).repository),
    }),

    async prepare() {
      const user = await serverUser(options.serverUser);
      await openFolder(options.folder, user); // and what it is in, where vaults may be too
      for (const each of sites.values()) {
        await openFolder(each.vault, user);
        await each.repository.prepare();
        await each.repository.ensure();
      }
    },

    archive: async () => (await Promise.all([...sites.values()].map((each) => each.drain()))).flat(),
  };
}

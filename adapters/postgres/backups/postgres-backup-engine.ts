import type { BackupEngine } from '../../../functions/ports/recovery/backup-engine.ts';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { serverUser } from '../server/server-user.ts';
import { walSpool } from '../spool/wal-spool.ts';
import { type BackupSite, backupSite } from './backup-site.ts';
import { copyBackup } from './copy-backup.ts';
import { engineOverSites } from './engine-over-sites.ts';
import type { PostgresBackupOptions } from './options.ts';
import { layOutRestore } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';
import { unpackNewest } from './unpack-newest.ts';
import { verifyBackup } from './verify-backup.ts';

/** `BackupEngine`, and the way of the log into the vaults. */
export interface ArchivingBackupEngine extends BackupEngine {
  /** Makes what servers archive into. Before a server starts that archives there; safe to repeat. */
  prepare(): Promise<void>;
  /**
   * Takes into the vaults what the servers of all sites archived since, and gives what could not be, in words. Whoever runs the
   * group calls it every second or so. Other calls do it too.
   */
  archive(): Promise<readonly string[]>;
}

export interface PostgresBackupEngine extends ArchivingBackupEngine {
  /** Seals it: until then the newest log is in the spool, durable and in the clear. */
  archive(): Promise<readonly string[]>;
  /**
   * Lays the newest backup of the site's vault down in `folder`, for a copy of a running server to begin with: only what changed
   * since must be sent then. @throws StepFailure `Pointsman.NoParent` when no backup there can carry it: copy everything instead
   */
  unpackNewest(site: SiteName, folder: string): Promise<void>;
}

/** Backups of one group's PostgreSQL over its own protocol: no tools are needed but the server itself, 17 or newer. */
export function postgresBackupEngine(options: PostgresBackupOptions): PostgresBackupEngine {
  const sites = new Map<SiteName, BackupSite>(
    Object.keys(options.sites).map((name) => [name, backupSite(options, name)]),
  );
  const site = (name: SiteName) => sites.get(name) ?? backupSite(options, name); // which says what there is
  return {
    ...engineOverSites(options, {
      site,
      take: takeBackup,
      copy: copyBackup,
      verify: verifyBackup,
      remove: ({ backups }, id) => backups.remove(id),
      layOut: layOutRestore,
    }),

    async prepare() {
      const user = await serverUser(options.serverUser);
      for (const { spool } of Object.values(options.sites)) await walSpool(spool).prepare(user);
    },

    unpackNewest: (name, folder) => unpackNewest(site(name), folder),

    archive: async () => (await Promise.all([...sites.values()].map((each) => each.drain()))).flat(),
  };
}

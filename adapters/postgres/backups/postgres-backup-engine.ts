import { join } from 'node:path';
import type { BackupEngine } from '../../../functions/ports/recovery/backup-engine.ts';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { serverUser } from '../server/server-user.ts';
import { walSpool } from '../spool/wal-spool.ts';
import { SqlFailure } from '../sql/sql-session.ts';
import { type BackupSite, backupSite } from './backup-site.ts';
import { copyBackup } from './copy-backup.ts';
import { listBranches } from './list-branches.ts';
import { longCalls } from '../../shared/long-calls.ts';
import { markPoint } from './mark-point.ts';
import type { PostgresBackupOptions } from './options.ts';
import { noSuchBackup } from './read-chain.ts';
import { unpackNewest } from './unpack-newest.ts';
import { scratchPlaces } from './scratch-place.ts';
import { takeBackup } from './take-backup.ts';
import { readTrimmed, trimLog } from './trim-log.ts';
import { verifyBackup } from './verify-backup.ts';

/** `BackupEngine`, and the way of the log into the vaults. */
export interface PostgresBackupEngine extends BackupEngine {
  /** Makes the spools that servers archive into. Before a server starts with `archiveSettings`; safe to repeat. */
  prepare(): Promise<void>;
  /**
   * Seals what the servers of all sites archived since, and gives what could not be, in words. Whoever runs the group calls
   * it every second or so: until then the newest log is in the spool, durable and in the clear. Other calls do it too.
   */
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
  const calls = longCalls();
  const scratches = scratchPlaces(options);
  const siteOf = (group: GroupName, name: SiteName): BackupSite => {
    if (group !== options.group)
      throw new StepFailure('Pointsman.NoSuchGroup', `this engine backs up ${options.group}, not ${group}`);
    return sites.get(name) ?? backupSite(options, name); // which says what there is
  };
  const trimmed = (name: SiteName) => join(options.sites[name]?.vault ?? '', 'trimmed-before');

  return {
    async take(order) {
      const site = siteOf(order.group, order.site);
      await site.showEpoch(order.epoch);
      const there = await site.backups.find(order.id);
      if (there !== undefined) return there.backup;
      return calls.ask(`taking ${order.id}`, () => reaching(order.site, takeBackup(site, order)));
    },

    copy: async (group, id, from, to) =>
      calls.ask(`copying ${id} from ${from} to ${to}`, () => copyBackup(id, siteOf(group, from), siteOf(group, to))),

    verify: async (group, id, site) =>
      calls.ask(`verifying ${id} at ${site}`, async () =>
        verifyBackup(siteOf(group, site), id, await readTrimmed(trimmed(site))),
      ),

    list: async (group, site) => (await siteOf(group, site).backups.list()).map(({ backup }) => backup),

    async remove(group, id, name) {
      const { backups } = siteOf(group, name);
      const all = (await backups.list()).map(({ backup }) => backup);
      const found = all.find((backup) => backup.id === id);
      if (found?.lockedUntil != null && found.lockedUntil > options.clock.now()) return 'locked';
      const child = all.find(({ parent }) => parent === id);
      if (child !== undefined)
        throw new StepFailure(
          'Pointsman.BackupNeeded',
          `${child.id} at ${name} is the difference to ${id}: remove that first`,
        );
      await backups.remove(id);
      return 'removed';
    },

    async trim(group, name, since) {
      const site = siteOf(group, name);
      await site.drain();
      const stored = await site.backups.find(since);
      if (stored === undefined) throw await noSuchBackup(site.backups, since);
      // Noted first: a gap that nobody knows of would look like damage.
      const before = await readTrimmed(trimmed(name));
      const from = BigInt(stored.backup.from.offset);
      if (from > before) await writeWhole(trimmed(name), `${from}\n`, true);
      return trimLog(site, stored);
    },

    mark: async (group, site, name) =>
      calls.ask(`marking ${name}`, () => reaching(site, markPoint(siteOf(group, site), name))),

    branches: async (group, site) => listBranches(siteOf(group, site)),

    restore: async (order) =>
      calls.ask(`restoring into ${order.scratch}`, () => scratches.restore(order, siteOf(order.group, order.site))),

    async inspect(group, scratch) {
      return calls.ask(`counting ${group}/${scratch}`, () => scratches.inspect(scratch));
    },

    async destroy(_, scratch) {
      await calls.over(`restoring into ${scratch}`);
      await scratches.destroy(scratch);
    },

    async prepare() {
      const user = await serverUser(options.serverUser);
      for (const { spool } of Object.values(options.sites)) await walSpool(spool).prepare(user);
    },

    unpackNewest: (site, folder) => unpackNewest(siteOf(options.group, site), folder),

    archive: async () => (await Promise.all([...sites.values()].map((site) => site.drain()))).flat(),
  };
}

/** A server that does not answer is a fact about the site. */
async function reaching<T>(site: SiteName, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const code = (thrown as { readonly code?: unknown }).code;
    const isSilent =
      (thrown instanceof SqlFailure && thrown.code === undefined) ||
      (typeof code === 'string' && /^(ECONN|57P|08)/.test(code));
    if (!isSilent || !(thrown instanceof Error)) throw thrown;
    throw new StepFailure('Pointsman.SiteUnreachable', `${site} does not answer: ${thrown.message}`, { cause: thrown });
  }
}

import { join } from 'node:path';
import type {
  Backup,
  BackupEngine,
  BackupOrder,
  Verification,
} from '../../../functions/ports/recovery/backup-engine.ts';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { longCalls } from '../../shared/long-calls.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { SqlFailure } from '../sql/sql-session.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';
import { listBranches } from './list-branches.ts';
import type { LogSite } from './log-site.ts';
import { markPoint } from './mark-point.ts';
import type { GroupOptions } from './options.ts';
import { noSuchBackup } from './read-chain.ts';
import { type LayOut, scratchPlaces } from './scratch-place.ts';
import { readTrimmed, trimLog } from './trim-log.ts';

/** What a way of storing backups does by itself; the log and what is restored from it are the same for all. */
export interface BackupMeans<B extends StoredBackup, S extends LogSite<B>> {
  /** @throws StepFailure `Pointsman.NoSuchSite` */
  site(name: SiteName): S;
  take(site: S, order: BackupOrder): Promise<Backup>;
  copy(id: string, from: S, to: S): Promise<Backup>;
  /** `trimmedBefore`: there the archive may have gaps on purpose. */
  verify(site: S, id: string, trimmedBefore: bigint): Promise<Verification>;
  /** Of a backup on which no other stands. Safe to repeat. */
  remove(site: S, id: string): Promise<void>;
  readonly layOut: LayOut<B>;
}

/** `BackupEngine` over sites whose log is archived. */
export function engineOverSites<B extends StoredBackup, S extends LogSite<B>>(
  options: GroupOptions,
  means: BackupMeans<B, S>,
): BackupEngine {
  const calls = longCalls();
  const scratches = scratchPlaces(options, means.layOut);
  const siteOf = (group: GroupName, name: SiteName): S => {
    if (group !== options.group)
      throw new StepFailure('Pointsman.NoSuchGroup', `this engine backs up ${options.group}, not ${group}`);
    return means.site(name);
  };
  const trimmed = (name: SiteName) => join(options.sites[name]?.vault ?? '', 'trimmed-before');

  return {
    async take(order) {
      const site = siteOf(order.group, order.site);
      await site.showEpoch(order.epoch);
      const there = await site.backups.find(order.id);
      if (there !== undefined) return there.backup;
      return calls.ask(`taking ${order.id}`, () => reaching(order.site, means.take(site, order)));
    },

    copy: async (group, id, from, to) =>
      calls.ask(`copying ${id} from ${from} to ${to}`, () => means.copy(id, siteOf(group, from), siteOf(group, to))),

    verify: async (group, id, site) =>
      calls.ask(`verifying ${id} at ${site}`, async () =>
        means.verify(siteOf(group, site), id, await readTrimmed(trimmed(site))),
      ),

    list: async (group, site) => (await siteOf(group, site).backups.list()).map(({ backup }) => backup),

    async remove(group, id, name) {
      const site = siteOf(group, name);
      const all = (await site.backups.list()).map(({ backup }) => backup);
      const found = all.find((backup) => backup.id === id);
      if (found?.lockedUntil != null && found.lockedUntil > options.clock.now()) return 'locked';
      const child = all.find(({ parent }) => parent === id);
      if (child !== undefined)
        throw new StepFailure(
          'Pointsman.BackupNeeded',
          `${child.id} at ${name} is the difference to ${id}: remove that first`,
        );
      await means.remove(site, id);
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

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Restored, RestoreOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { binaries } from '../server/binaries.ts';
import { openFolder } from '../server/open-folder.ts';
import { serverUser } from '../server/server-user.ts';
import { readContents } from '../sql/read-contents.ts';
import { sqlSession } from '../sql/sql-session.ts';
import { unusable } from '../../shared/vault/unusable.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import type { LogSite } from './log-site.ts';
import type { GroupOptions } from './options.ts';
import { planRestore, type RestorePlan } from './plan-restore.ts';
import { lsnText } from '../replication/lsn.ts';
import { endScratch, recover, runningScratch } from './scratch-server.ts';

/** Where a restore is put together. */
export interface RestoreFolders {
  readonly data: string;
  /** Files of the log in the clear, from which the server replays. */
  readonly log: string;
  readonly parts: string;
}

/**
 * Lays out the data of a backup, and the log that the plan names, opened: whatever is missing, changed or locked with another key is found
 * before a server starts, and never by a server that takes it for the end of the log.
 */
export type LayOut<B extends StoredBackup> = (
  plan: RestorePlan<B>,
  archive: WalArchive,
  folders: RestoreFolders,
  site: LogSite<B>,
) => Promise<void>;

/** The places to which backups of a group are restored. */
export interface ScratchPlaces<B extends StoredBackup> {
  /** @throws StepFailure `Pointsman.ScratchTaken` when another restore has that name */
  restore(order: RestoreOrder, site: LogSite<B>): Promise<Restored>;
  inspect(scratch: string): Promise<Contents>;
  /** Safe to repeat. */
  destroy(scratch: string): Promise<void>;
}

export function scratchPlaces<B extends StoredBackup>(options: GroupOptions, layOut: LayOut<B>): ScratchPlaces<B> {
  const { folder, user, database } = options;
  const login = async () => ({ user, database, password: (await options.secret(options.password)).trim() });

  function placeOf(scratch: string): string {
    if (/^[a-z0-9][a-z0-9-]{0,79}$/.test(scratch)) return join(folder, 'scratch', scratch);
    throw new StepFailure('Pointsman.NoSuchScratch', `${JSON.stringify(scratch)} is no name: a-z, 0-9 and - are`);
  }

  async function begin(place: string, order: RestoreOrder): Promise<void> {
    const runAs = await serverUser(options.serverUser);
    await openFolder(folder, runAs);
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true, mode: 0o711 });
    for (const each of [join(folder, 'scratch'), place]) await openFolder(each, runAs);
    await writeWhole(join(place, 'order.json'), JSON.stringify(order), false);
  }

  async function perform(place: string, order: RestoreOrder, site: LogSite<B>): Promise<Restored> {
    const plan = await planRestore(site, order);
    await begin(place, order);
    const backup = plan.chain.at(-1);
    if (backup === undefined) throw new Error('a chain is never empty');
    const folders = { data: join(place, 'data'), log: join(place, 'wal'), parts: join(place, 'parts') };
    await layOut(plan, site.archive(backup.backup.lineage), folders, site);
    const runAs = await serverUser(options.serverUser);
    const found = { folder: place, binaries: await binaries(folder, runAs, options.bin), user: runAs };
    const settings = { ...backup.settings, ...plan.target, ...options.scratchSettings };
    const { port, lsn, lastChangeAt } = await recover(found, settings, await login());
    if (lsn < plan.atLeast) throw unusable(`replay ended at ${lsnText(lsn)}, short of ${lsnText(plan.atLeast)}`);
    const restored: Restored = {
      scratch: order.scratch,
      position: { branch: order.branch, offset: String(lsn) },
      lastChangeAt,
      address: `postgres://${user}@127.0.0.1:${port}/${database}`,
    };
    for (const each of [folders.log, folders.parts]) await rm(each, { recursive: true, force: true });
    await writeWhole(join(place, 'restored.json'), JSON.stringify(restored), false);
    return restored;
  }

  return {
    async restore(order, site) {
      const place = placeOf(order.scratch);
      const known = await readFile(join(place, 'order.json'), 'utf8').catch(() => undefined);
      if (known !== undefined && known !== JSON.stringify(order))
        throw new StepFailure(
          'Pointsman.ScratchTaken',
          `${order.scratch} holds another restore: destroy it, or take another name`,
        );
      const done = await readFile(join(place, 'restored.json'), 'utf8').catch(() => undefined);
      if (done !== undefined && (await runningScratch(place)) !== undefined) return JSON.parse(done) as Restored;
      try {
        await endScratch(place); // of an attempt that nobody saw through
        return await perform(place, order, site);
      } catch (thrown) {
        await endScratch(place);
        await rm(place, { recursive: true, force: true });
        throw thrown;
      }
    },

    async inspect(scratch) {
      const running = await runningScratch(placeOf(scratch));
      const done = await readFile(join(placeOf(scratch), 'restored.json'), 'utf8').catch(() => undefined);
      if (running === undefined || done === undefined)
        throw new StepFailure('Pointsman.NoSuchScratch', `nothing restored runs as ${scratch}: restore it again`);
      return sqlSession({ ...(await login()), port: running.port }, 3_600_000, readContents);
    },

    async destroy(scratch) {
      await endScratch(placeOf(scratch));
      await rm(placeOf(scratch), { recursive: true, force: true });
    },
  };
}

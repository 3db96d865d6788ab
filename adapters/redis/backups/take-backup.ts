import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Backup, BackupOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { layLog, logFiles, logFolder } from '../server/append-only-file.ts';
import { isolatedServer } from '../server/isolated-server.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { readContents } from '../store/read-contents.ts';
import { branchOf } from './drain-log.ts';
import { storeBackup, type SiteVault } from './site-vault.ts';

interface Take {
  readonly order: BackupOrder;
  readonly site: KeptSite;
  readonly vault: SiteVault;
  readonly scratch: string;
  readonly program: string | undefined;
  readonly clock: { readonly now: () => number };
}

/** What it holds is read from a server that loaded it, so that a backup that cannot be loaded is never stored. */
export async function takeBackup(
  { order, site, vault, scratch, program, clock }: Take,
  drain: () => Promise<ReadonlyMap<string, bigint>>,
): Promise<Backup> {
  await drain();
  const takenAt = await rewriteLog(site, clock);
  const [base, changes] = await logFiles(logFolder(site.folders.data));
  if (base?.kind !== 'base' || changes === undefined)
    throw new Error(`${site.label} has no base in its append-only file`);
  const held = join(site.folder, 'backup', order.id);
  const rdb = join(held, base.name);
  await rm(held, { recursive: true, force: true });
  await mkdir(held, { recursive: true, mode: 0o700 });
  try {
    await link(join(logFolder(site.folders.data), base.name), rdb); // Redis may rewrite it meanwhile
    const offset = (await drain()).get(changes.name);
    if (offset === undefined)
      throw new StepFailure('Pointsman.StillWorking', `${site.label} rewrote its file again; ask again`);
    const at = { branch: await branchOf(site), offset: String(offset) };
    const { lineage } = await site.record();
    await using loaded = await isolatedServer(scratch, program, (data) =>
      layLog(data, (path) => copyFile(rdb, path), []),
    );
    const contents = await loaded.use(3_600_000, readContents);
    return await storeBackup(vault, order.id, createReadStream(rdb), (bytes) => ({
      id: order.id,
      group: order.group,
      site: order.site,
      kind: 'full',
      parent: null,
      lineage,
      from: at,
      to: at,
      takenAt,
      bytes,
      proof: { at, contents },
      lockedUntil: vault.options.lockMs ? clock.now() + vault.options.lockMs : null,
    }));
  } finally {
    await rm(held, { recursive: true, force: true });
  }
}

/** The moment at which the new base was cut. @throws StepFailure `Pointsman.SiteUnreachable` when Redis could not write it */
async function rewriteLog(site: KeptSite, clock: { readonly now: () => number }): Promise<number> {
  return site.reach(3_600_000, async (redis) => {
    await until((info) => info['aof_rewrite_in_progress'] === '0' && info['rdb_bgsave_in_progress'] === '0');
    await redis('BGREWRITEAOF');
    const cutAt = clock.now();
    const info = await until((now) => now['aof_rewrite_in_progress'] === '0' && now['aof_rewrite_scheduled'] === '0');
    if (info['aof_last_bgrewrite_status'] === 'ok') return cutAt;
    throw new StepFailure(
      'Pointsman.SiteUnreachable',
      `${site.label} could not write its data: see ${site.folders.log}`,
    );

    async function until(holds: (info: Readonly<Record<string, string>>) => boolean) {
      for (;;) {
        const found = await redis.info('persistence');
        if (holds(found)) return found;
        await pause(10);
      }
    }
  });
}

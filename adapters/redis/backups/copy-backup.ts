import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import { endOf } from './change-log.ts';
import { backupIn, RDB, storeBackup, type SiteVault } from './site-vault.ts';

/** The backup and the changes behind it, opened with one site's key and sealed with the other's. Again: what came since. */
export async function copyBackup(id: string, source: SiteVault, target: SiteVault, now: number): Promise<Backup> {
  await backupIn(source, id);
  const { backup, read } = await source.backups.open(id);
  await copyChanges(backup, source, target);
  const there = await target.backups.find(id);
  if (there !== undefined) return there.backup;
  const lockedUntil = target.options.lockMs ? now + target.options.lockMs : null;
  return storeBackup(target, id, read(RDB), (bytes) => ({ ...backup, site: target.name, bytes, lockedUntil }));
}

/** Of the backup's branch: what the other vault lacks, from the backup on or from the end of what it has. */
async function copyChanges(backup: Backup, source: SiteVault, target: SiteVault): Promise<void> {
  const { branch, offset } = backup.to;
  const facts = await source.log.facts(branch);
  if (facts === undefined) return;
  const there = await target.log.facts(branch);
  const from = there === undefined ? BigInt(offset) : endOf(there, await target.log.segments(branch));
  for (const segment of await source.log.segments(branch))
    if (segment.end > from) await target.log.append(branch, segment, await source.log.read(branch, segment));
  await target.log.note({ ...facts, trimmed: there?.trimmed ?? offset });
}

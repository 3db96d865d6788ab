import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import type { OpenBackup, StoredBackup } from '../vault/backup-vault.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { readSegmentName, segmentAt } from '../wal/segment-name.ts';
import type { BackupSite } from './backup-site.ts';
import type { LogSite } from './log-site.ts';
import { neededLog } from './needed-log.ts';
import { readChain } from './read-chain.ts';

/**
 * Copies a backup, its chain, and the archived log from the chain's start to the archive's end, from vault to vault: opened with one site's key, sealed
 * with the other's. The log goes first, so that a backup is there only with what it needs. Again: brings what was archived since.
 */
export async function copyBackup(id: string, from: BackupSite, to: BackupSite): Promise<Backup> {
  await from.drain();
  const chain = await readChain(from.backups, id);
  await copyLog(chain, from, to);
  for (const link of chain) await copyLink(link, to);
  const copied = await to.backups.find(id);
  if (copied === undefined) throw new Error(`${id} was copied and is gone`);
  return copied.backup;
}

async function copyLink(source: OpenBackup, to: BackupSite): Promise<void> {
  const { id } = source.backup;
  if ((await to.backups.find(id)) !== undefined) {
    // One that cannot be read is no reason to put another in its place: the key may be the wrong one only now.
    await to.backups.open(id);
    return;
  }
  const draft = await to.backups.begin(id);
  try {
    for (const { name, bytes, sha256 } of source.parts) {
      const part = await draft.part(name);
      for await (const chunk of source.read(name)) await part.write(chunk);
      const copied = await part.close();
      if (copied.bytes !== bytes || copied.sha256 !== sha256)
        throw unusable(`${name} of ${id} differs from its checksum`);
    }
    const { backup, settings, segmentBytes } = source;
    await draft.publish((bytes) => ({
      backup: { ...backup, site: to.name, bytes, lockedUntil: to.lockedUntil() },
      settings,
      segmentBytes,
    }));
  } finally {
    await draft.abandon();
  }
}

/** Copies the log from where a chain begins to the archive's end. */
export async function copyLog(chain: readonly StoredBackup[], from: LogSite, to: LogSite): Promise<void> {
  const [first] = chain;
  if (first === undefined) return;
  const { segmentBytes, backup } = first;
  const [source, target] = [from.archive(backup.lineage), to.archive(backup.lineage)];
  const begin = segmentAt(BigInt(backup.from.offset), segmentBytes);
  const needed = new Set(chain.flatMap((link) => neededLog(link)));
  const there = new Set(await target.names());
  const names = (await source.names()).filter(
    (name) => (readSegmentName(name.slice(0, 24), segmentBytes)?.number ?? begin) >= begin,
  );
  for (const name of needed)
    if (!names.includes(name) && !there.has(name)) throw unusable(`${name} of the archived log is missing`);
  for (const name of names.filter((each) => !there.has(each)))
    try {
      await target.add(name, await source.read(name));
    } catch (thrown) {
      if (needed.has(name)) throw unusable(reasonOf(thrown), thrown);
      // A later backup may do without it; whoever verifies hears of it.
    }
}

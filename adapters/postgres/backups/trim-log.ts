import { readFile } from 'node:fs/promises';
import type { StoredBackup } from '../vault/backup-vault.ts';
import { readSegmentName, segmentAt } from '../wal/segment-name.ts';
import { isOnPath, logMap } from './log-map.ts';
import type { LogSite } from './log-site.ts';
import { neededLog } from './needed-log.ts';

/** Removes archived segments from before a backup that no backup needs for itself. Resolves with the bytes it freed. */
export async function trimLog(site: LogSite, since: StoredBackup): Promise<number> {
  const { backup, segmentBytes } = since;
  const archive = site.archive(backup.lineage);
  const begin = segmentAt(BigInt(backup.from.offset), segmentBytes);
  const map = await logMap(archive, segmentBytes);
  const own = { timeline: Number(backup.from.branch), lsn: BigInt(backup.from.offset) };
  const needed = new Set((await site.backups.list()).flatMap((each) => neededLog(each)));
  // What comes from `since` keeps all from there on; a line that ended before it is history.
  const live = new Set<number>();
  for (const timeline of map.timelines)
    if (isOnPath({ timeline, ancestors: await map.ancestors(timeline) }, own)) live.add(timeline);
  let freed = 0;
  for (const name of await archive.names()) {
    const segment = readSegmentName(name.slice(0, 24), segmentBytes);
    if (segment === undefined || needed.has(name)) continue;
    if (live.has(segment.timeline) && segment.number >= begin) continue;
    freed += (await archive.size(name)) ?? 0;
    await archive.remove(name);
  }
  return freed;
}

/** Before this place the archive may have gaps; 0 when it was never trimmed. */
export const readTrimmed = async (path: string): Promise<bigint> =>
  BigInt((await readFile(path, 'utf8').catch(() => '0')).trim());

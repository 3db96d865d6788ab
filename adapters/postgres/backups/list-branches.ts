import type { Branch, RecoveryPoint } from '../../../functions/ports/recovery/backup-engine.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import type { SegmentFacts } from '../wal/segment-facts.ts';
import { readRecords } from '../wal/read-records.ts';
import { segmentAt } from '../wal/segment-name.ts';
import { isOnPath, type LogMap, logMap, type LogPath, newestMicros, toMs, wholeSteps } from './log-map.ts';
import type { LogSite } from './log-site.ts';

/** The lines of history that a site's vault can restore, oldest first. */
export async function listBranches(site: LogSite): Promise<readonly Branch[]> {
  await site.drain();
  const backups = await site.backups.list();
  const newest = backups.at(-1);
  if (newest === undefined) return [];
  const archive = site.archive(newest.backup.lineage);
  const map = await logMap(archive, newest.segmentBytes);
  const lines = await restorableLines(
    map,
    backups.filter(({ backup }) => backup.lineage === newest.backup.lineage),
  );
  return Promise.all(lines.map((line) => describe(line, lines, archive, map.segmentBytes)));
}

/** A timeline, with the oldest backup from which it can be reached without a gap. */
interface Line {
  readonly path: LogPath;
  readonly backup: StoredBackup;
  readonly steps: ReturnType<typeof wholeSteps>;
}

async function restorableLines(map: LogMap, backups: readonly StoredBackup[]): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const timeline of map.timelines)
    for (const backup of backups) {
      const [start, to] = [placeOf(backup.backup.from), placeOf(backup.backup.to)];
      const path = await map.path(timeline, start.lsn).catch(() => undefined);
      if (path === undefined || !isOnPath(path, to)) continue;
      const steps = wholeSteps(path);
      const end = BigInt(steps.at(-1)?.facts.end ?? 0);
      if (steps.length < path.steps.length || end < to.lsn || end <= forkOf(path)) continue;
      lines.push({ path, backup, steps });
      break;
    }
  return lines;
}

async function describe(
  { path, backup, steps }: Line,
  lines: readonly Line[],
  archive: WalArchive,
  segmentBytes: number,
): Promise<Branch> {
  const branch = String(path.timeline);
  const parent = path.ancestors.at(-1);
  const fork = forkOf(path);
  const before = steps.filter(({ number }) => number < segmentAt(fork, segmentBytes));
  const own = steps.slice(before.length);
  const from = Math.max(backup.backup.takenAt, toMs(newestMicros(before)));
  const to = Math.max(from, toMs(newestMicros(steps)));
  const left = lines.flatMap((other) =>
    other.path.ancestors.filter(({ timeline }) => timeline === path.timeline).map((at) => at.fork),
  );
  const lastLeft = left.reduce((a, b) => (a > b ? a : b), fork);
  const commits = await commitsBehind(lastLeft, own, archive, segmentBytes);
  const isOlder = left.length > 0;
  return {
    branch,
    parent: parent === undefined ? null : String(parent.timeline),
    fork: parent === undefined ? null : { branch: String(parent.timeline), offset: String(parent.fork) },
    from,
    to,
    end: { branch, offset: own.at(-1)?.facts.end ?? String(fork) },
    only: inWords(commits, new Date(to), isOlder, parent !== undefined),
    points: own
      .flatMap(({ facts }) => pointsIn(facts, branch))
      .filter(
        ({ position }) => BigInt(position.offset) > fork && BigInt(position.offset) >= BigInt(backup.backup.to.offset),
      ),
  };
}

function inWords(commits: number, until: Date, isAbandoned: boolean, isChild: boolean): string {
  const counted = `${commits} ${commits === 1 ? 'commit' : 'commits'}`;
  const time = until.toISOString().slice(0, 19).replace('T', ' ');
  if (isAbandoned)
    return commits === 0
      ? 'nothing: all of it is in the branch that left it'
      : `${counted} until ${time} UTC, then abandoned`;
  return isChild
    ? `${counted} since it left its parent, until ${time} UTC`
    : `everything, until ${time} UTC: no other branch left it`;
}

/** Exactly: of the segment in which the fork lies, the records are read. */
async function commitsBehind(
  fork: bigint,
  steps: Line['steps'],
  archive: WalArchive,
  segmentBytes: number,
): Promise<number> {
  let commits = 0;
  for (const { name, number, facts } of steps)
    if (number > segmentAt(fork, segmentBytes)) commits += facts.commits;
    else if (number === segmentAt(fork, segmentBytes))
      for (const record of readRecords(await archive.read(name), number * BigInt(segmentBytes), segmentBytes))
        if (record.kind === 'commit' && record.end > fork) commits++;
  return commits;
}

export const pointsIn = (facts: SegmentFacts, branch: string): readonly RecoveryPoint[] =>
  facts.points.map(({ name, offset, atMicros }) => ({ name, position: { branch, offset }, at: toMs(atMicros) }));

const forkOf = ({ ancestors }: LogPath): bigint => ancestors.at(-1)?.fork ?? 0n;

const placeOf = ({ branch, offset }: { readonly branch: string; readonly offset: string }) => ({
  timeline: Number(branch),
  lsn: BigInt(offset),
});

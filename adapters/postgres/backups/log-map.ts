import { readTimelineHistory, type Ancestor } from '../replication/timeline-history.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import { unusable } from '../../shared/vault/unusable.ts';
import type { SegmentFacts } from '../wal/segment-facts.ts';
import { historyName, readSegmentName, segmentAt, segmentName } from '../wal/segment-name.ts';

/** What is archived of a log, as a whole. */
export interface LogMap {
  readonly segmentBytes: number;
  /** Of which there are segments, ascending. */
  readonly timelines: readonly number[];
  /** Where a timeline comes from, oldest first. @throws StepFailure `Pointsman.BackupUnusable` when its history file is missing or damaged */
  ancestors(timeline: number): Promise<readonly Ancestor[]>;
  /** The way from a place along the ancestors to the last segment that there is of the timeline. */
  path(timeline: number, from: bigint): Promise<LogPath>;
}

export interface LogPath {
  readonly timeline: number;
  readonly ancestors: readonly Ancestor[];
  /** In order; a segment that is missing has no facts. */
  readonly steps: readonly PathStep[];
}

export interface PathStep {
  readonly name: string;
  readonly number: bigint;
  readonly facts: SegmentFacts | undefined;
}

export async function logMap(archive: WalArchive, segmentBytes: number): Promise<LogMap> {
  const last = new Map<number, bigint>();
  const names = await archive.names();
  const there = new Set(names);
  for (const name of names) {
    const segment = readSegmentName(name, segmentBytes);
    if (segment !== undefined) last.set(segment.timeline, segment.number); // names are sorted
  }

  const ancestors = async (timeline: number): Promise<readonly Ancestor[]> =>
    timeline === 1 ? [] : readTimelineHistory((await archive.read(historyName(timeline))).toString());

  return {
    segmentBytes,
    timelines: [...last.keys()].sort((a, b) => a - b),
    ancestors,
    async path(timeline, from) {
      const before = await ancestors(timeline);
      const end = last.get(timeline);
      const steps: PathStep[] = [];
      if (end === undefined) throw unusable(`nothing is archived of branch ${timeline}`);
      for (let number = segmentAt(from, segmentBytes); number <= end; number++) {
        // A timeline begins with a copy of its parent's segment: from there on the child's is read.
        const owner = before.find(({ fork }) => number < segmentAt(fork, segmentBytes))?.timeline ?? timeline;
        const name = segmentName({ timeline: owner, number }, segmentBytes);
        steps.push({ name, number, facts: there.has(name) ? await archive.facts(name) : undefined });
      }
      return { timeline, ancestors: before, steps };
    },
  };
}

/** Where a place lies: whether what is on `timeline` at `lsn` is part of the path. */
export function isOnPath(
  { timeline, ancestors }: Pick<LogPath, 'timeline' | 'ancestors'>,
  at: { readonly timeline: number; readonly lsn: bigint },
): boolean {
  if (at.timeline === timeline) return true;
  return ancestors.some((ancestor) => ancestor.timeline === at.timeline && at.lsn <= ancestor.fork);
}

/** The steps up to the first that is missing. */
export function wholeSteps({ steps }: LogPath): readonly (PathStep & { readonly facts: SegmentFacts })[] {
  const whole: (PathStep & { readonly facts: SegmentFacts })[] = [];
  for (const step of steps) {
    if (step.facts === undefined) break;
    whole.push({ ...step, facts: step.facts });
  }
  return whole;
}

/** Milliseconds since 1970, not before the instant: a restore to them has what happened at it. */
export const toMs = (micros: string | bigint): number => Number((BigInt(micros) + 999n) / 1000n);

/** The newest commit or abort in some segments, microseconds since 1970; 0 without one. */
export const newestMicros = (steps: readonly PathStep[]): bigint =>
  steps.reduce((newest, { facts }) => {
    const micros = BigInt(facts?.newestMicros ?? 0);
    return micros > newest ? micros : newest;
  }, 0n);

import { readRecords } from './read-records.ts';

/**
 * What a segment of the log holds, of what tells where one can restore to. Records count where they end. Its timeline is in its
 * name only: the first segment of a timeline begins with what the parent wrote. Plain JSON.
 */
export interface SegmentFacts {
  /** Size of a segment of this log. */
  readonly segmentBytes: number;
  /** Decimal; the same on all servers that replicate one another. */
  readonly lineage: string;
  /** Its first byte's place, decimal. */
  readonly start: string;
  /** Where its last whole record ends, decimal; `start` when none does. */
  readonly end: string;
  readonly commits: number;
  /** Of the newest commit or abort, microseconds since 1970, decimal; null without one. */
  readonly newestMicros: string | null;
  readonly points: readonly { readonly name: string; readonly offset: string; readonly atMicros: string }[];
}

/**
 * Reads them out of a whole segment; `before` is the one before it, where a record may begin that ends here.
 * @throws Error when the first page is not that of a segment
 */
export function segmentFacts(segment: Buffer, before: Buffer | undefined): SegmentFacts {
  const segmentBytes = segment.length < 40 ? 0 : segment.readUInt32LE(32);
  if (segmentBytes !== segment.length || segment.readUInt16LE(0) === 0)
    throw new Error(`it is no whole segment: ${segment.length} bytes, and its first page says ${segmentBytes}`);
  const start = segment.readBigUInt64LE(8);
  const hasBefore = before?.length === segmentBytes && before.readBigUInt64LE(8) === start - BigInt(segmentBytes);
  const bytes = hasBefore ? Buffer.concat([before, segment]) : segment;
  const from = hasBefore ? start - BigInt(segmentBytes) : start;
  const facts = { end: start, commits: 0, newest: undefined as bigint | undefined, points: [] as Point[] };
  for (const record of readRecords(bytes, from, segmentBytes)) {
    if (record.end <= start) continue;
    facts.end = record.end;
    if (record.kind === 'commit') facts.commits++;
    if (record.kind === 'point')
      facts.points.push({ name: record.name ?? '', offset: String(record.end), atMicros: String(record.atMicros) });
    else if (record.atMicros !== undefined && record.atMicros > (facts.newest ?? 0n)) facts.newest = record.atMicros;
  }
  return {
    segmentBytes,
    lineage: segment.readBigUInt64LE(24).toString(),
    start: String(start),
    end: String(facts.end),
    commits: facts.commits,
    newestMicros: facts.newest === undefined ? null : String(facts.newest),
    points: facts.points,
  };
}

type Point = SegmentFacts['points'][number];

/** A file of the write-ahead log, as its name tells. */
export interface Segment {
  readonly timeline: number;
  /** Counted from the beginning of the log. */
  readonly number: bigint;
}

/** Undefined for a name that is no whole segment's: a history file, `.partial`, `.backup`. */
export function readSegmentName(name: string, segmentBytes: number): Segment | undefined {
  const found = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (found === null) return undefined;
  const [timeline, high, low] = found.slice(1).map((part) => BigInt(`0x${part}`)) as [bigint, bigint, bigint];
  return { timeline: Number(timeline), number: high * perHigh(segmentBytes) + low };
}

export const segmentName = ({ timeline, number }: Segment, segmentBytes: number): string =>
  [BigInt(timeline), number / perHigh(segmentBytes), number % perHigh(segmentBytes)].map(hex8).join('');

export const historyName = (timeline: number): string => `${hex8(BigInt(timeline))}.history`;

/** Number of the segment that holds the byte at `lsn`. */
export const segmentAt = (lsn: bigint, segmentBytes: number): bigint => lsn / BigInt(segmentBytes);

const perHigh = (segmentBytes: number): bigint => 0x1_0000_0000n / BigInt(segmentBytes);

const hex8 = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0');

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { PgControl } from './pg-control.ts';

const pageBytes = 8192n;
/** Of a page that is not the first of its segment, and of one that is. (xlog_internal.h, XLogPageHeaderData) */
const [shortHeader, longHeader] = [24n, 40n];

/** Where the checkpoint record that a control file names ends, so where a server that was shut down has ended. */
export async function endOfCheckpoint(data: string, control: PgControl): Promise<bigint> {
  const segment = BigInt(control.segmentBytes);
  const at = control.checkpoint;
  const file = await open(join(data, 'pg_wal', segmentName(control.timeline, at / segment, segment)));
  try {
    const length = Buffer.alloc(4); // xl_tot_len, the first field of a record; records begin at multiples of 8
    await file.read(length, 0, 4, Number(at % segment));
    return advance(at, BigInt(length.readUInt32LE(0)), segment);
  } finally {
    await file.close();
  }
}

/** The next record's place after one of `length` bytes at `at`, across pages. */
export function advance(at: bigint, length: bigint, segment: bigint): bigint {
  let [end, left] = [at, length];
  while (left > 0n) {
    if (end % pageBytes === 0n) end += end % segment === 0n ? longHeader : shortHeader;
    const room = pageBytes - (end % pageBytes);
    const part = left < room ? left : room;
    end += part;
    left -= part;
  }
  return (end + 7n) & ~7n;
}

function segmentName(timeline: number, number: bigint, segment: bigint): string {
  const perId = 0x1_0000_0000n / segment;
  return [BigInt(timeline), number / perId, number % perId].map((part) => hex8(part)).join('');
}

const hex8 = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0');

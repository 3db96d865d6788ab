/** A record of the write-ahead log, of those that tell what can be restored. */
export interface WalRecord {
  readonly start: bigint;
  /** Where the next one may begin. */
  readonly end: bigint;
  readonly kind: 'commit' | 'abort' | 'point' | 'other';
  /** Of a commit, abort or restore point: microseconds since 1970. */
  readonly atMicros: bigint | undefined;
  /** Of a restore point. */
  readonly name: string | undefined;
}

const PAGE = 8192;
const RECORD_HEADER = 24;
/** Flags of a page. (xlog_internal.h) */
const CONTINUES = 0x0001;
const LONG = 0x0002;
const OVERWRITES = 0x0008;

/**
 * The records that begin and end in `bytes`, neighbouring whole segments of which the first begins at `from`. Ends where the log does: at a page
 * or record that is not the one expected there. (src/include/access/xlogrecord.h, xlog_internal.h; PostgreSQL 13 to 18)
 */
export function* readRecords(bytes: Buffer, from: bigint, segmentBytes: number): Generator<WalRecord> {
  const lsnAt = (at: number): bigint => from + BigInt(at);
  let cut: Cut | undefined; // a record that goes on in the next page
  let previous: bigint | undefined;
  let skipTo = 0;
  for (let page = 0; page + PAGE <= bytes.length; page += PAGE) {
    if (page < skipTo) continue;
    const info = bytes.readUInt16LE(page + 2);
    if (bytes.readUInt16LE(page) === 0 || bytes.readBigUInt64LE(page + 8) !== lsnAt(page)) return;
    let at = page + ((info & LONG) === 0 ? 24 : 40);
    const rest = bytes.readUInt32LE(page + 16);
    if ((info & OVERWRITES) !== 0) cut = undefined;
    if ((info & CONTINUES) !== 0) {
      const here = Math.min(rest, page + PAGE - at);
      if (cut !== undefined) {
        if (rest !== cut.missing) return;
        cut.parts.push(bytes.subarray(at, at + here));
        cut.missing -= here;
      }
      at += here;
      if (rest > here) continue;
      if (cut !== undefined) {
        const whole = Buffer.concat(cut.parts);
        if (previous !== undefined && previousOf(whole) !== previous) return;
        previous = cut.start;
        yield recordIn(whole, cut.start, lsnAt(aligned(at)));
        cut = undefined;
      }
      at = aligned(at);
    } else if (cut !== undefined) return;
    while (at + 4 <= page + PAGE) {
      const length = bytes.readUInt32LE(at);
      if (length < RECORD_HEADER) return; // zeros: nothing was written here yet
      const here = Math.min(length, page + PAGE - at);
      const part = bytes.subarray(at, at + here);
      if (here < length) {
        cut = { start: lsnAt(at), parts: [part], missing: length - here };
        break;
      }
      if (previous !== undefined && previousOf(part) !== previous) return;
      previous = lsnAt(at);
      const start = lsnAt(at);
      at = aligned(at + length);
      const isSwitch = part[17] === RM_XLOG && ((part[16] ?? 0) & 0xf0) === XLOG_SWITCH;
      if (isSwitch) skipTo = Number((start / BigInt(segmentBytes) + 1n) * BigInt(segmentBytes) - from);
      yield recordIn(part, start, isSwitch ? lsnAt(skipTo) : lsnAt(at));
      if (isSwitch) break; // the rest of the segment is empty
    }
  }
}

interface Cut {
  readonly start: bigint;
  readonly parts: Buffer[];
  missing: number;
}

const aligned = (at: number): number => (at + 7) & ~7;

const previousOf = (record: Buffer): bigint => record.readBigUInt64LE(8);

const [RM_XLOG, RM_XACT] = [0, 1];
const [XLOG_SWITCH, XLOG_RESTORE_POINT] = [0x40, 0x70];
/** By what masks out of the info byte. (xact.h) */
const xactKinds = new Map([
  [0x00, 'commit'],
  [0x20, 'abort'],
  [0x30, 'commit'], // of a prepared transaction
  [0x40, 'abort'],
] as const);

function recordIn(record: Buffer, start: bigint, end: bigint): WalRecord {
  const [info = 0, manager] = [record[16], record[17]];
  const plain = { start, end, kind: 'other', atMicros: undefined, name: undefined } as const;
  const isPoint = manager === RM_XLOG && (info & 0xf0) === XLOG_RESTORE_POINT;
  const kind = isPoint ? 'point' : manager === RM_XACT ? xactKinds.get((info & 0x70) as 0) : undefined;
  if (kind === undefined) return plain;
  const data = mainData(record);
  const atMicros = data.readBigInt64LE(0) + PG_EPOCH_MICROS;
  return { start, end, kind, atMicros, name: isPoint ? textIn(data.subarray(8, 72)) : undefined };
}

const PG_EPOCH_MICROS = 946_684_800_000_000n; // 2000-01-01

/** What follows the headers of blocks; commits and restore points have none, at most an origin and a top transaction. */
function mainData(record: Buffer): Buffer {
  let at = RECORD_HEADER;
  for (;;) {
    const id = record[at];
    if (id === 255) return record.subarray(at + 2); // short: one byte of length
    if (id === 254) return record.subarray(at + 5);
    if (id === 253) at += 3;
    else if (id === 252) at += 5;
    else throw new Error(`a record of the log has the unexpected header ${id}`);
  }
}

const textIn = (bytes: Buffer): string => bytes.toString('utf8', 0, Math.max(0, bytes.indexOf(0)));

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `global/pg_control` says of a cluster, readable without a server. */
export interface PgControl {
  /** Identity of the cluster, in decimal: it passes 2^53. */
  readonly systemId: string;
  readonly state: 'shut down' | 'shut down in recovery' | 'in production' | 'in recovery' | 'other';
  /** When it was written last, milliseconds since 1970, to the second. */
  readonly at: number;
  /** Where the newest checkpoint record begins. */
  readonly checkpoint: bigint;
  /** Where replay would begin. */
  readonly redo: bigint;
  /** Of the newest checkpoint; `branchOf` tells the data's. */
  readonly timeline: number;
  /** Of a standby: what must be replayed before it is consistent, so what it certainly has. */
  readonly minRecovery: bigint;
  readonly minRecoveryTimeline: number;
  readonly segmentBytes: number;
}

/** The control file of the cluster in `data`; undefined when there is none. Checked for versions 15 to 18. */
export async function readPgControl(data: string): Promise<PgControl | undefined> {
  const bytes = await readFile(join(data, 'global', 'pg_control')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  // ControlFileData of src/include/catalog/pg_control.h, little endian, on both machines we run on
  return {
    systemId: String(bytes.readBigUInt64LE(0)),
    state: stateNames.get(bytes.readUInt32LE(16)) ?? 'other',
    at: Number(bytes.readBigInt64LE(24)) * 1000,
    checkpoint: bytes.readBigUInt64LE(32),
    redo: bytes.readBigUInt64LE(40),
    timeline: bytes.readUInt32LE(48),
    minRecovery: bytes.readBigUInt64LE(136),
    minRecoveryTimeline: bytes.readUInt32LE(144),
    segmentBytes: bytes.readUInt32LE(228),
  };
}

/**
 * The timeline that the data is on. A promotion is known by where replay must get to until there is a checkpoint behind it.
 * (CreateEndOfRecoveryRecord, xlog.c)
 */
export const branchOf = ({
  timeline,
  minRecoveryTimeline,
}: Pick<PgControl, 'timeline' | 'minRecoveryTimeline'>): number => Math.max(timeline, minRecoveryTimeline);

const stateNames: ReadonlyMap<number, PgControl['state']> = new Map([
  [1, 'shut down'],
  [2, 'shut down in recovery'],
  [4, 'in recovery'], // after a crash
  [5, 'in recovery'], // from an archive or a primary
  [6, 'in production'],
]);

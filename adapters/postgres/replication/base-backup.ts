import { readLsn } from './lsn.ts';
import type { ReplicationConnection } from './replication-connection.ts';

/** Takes one of the streams that make up a backup. */
export interface PartWriter {
  /** The chunk is only good until this resolves. */
  write(chunk: Buffer): Promise<void>;
  /** Resolves when all of it is durable. */
  close(): Promise<unknown>;
}

export interface BaseBackupOptions {
  readonly label: string;
  /** Of the backup that this one shall be the difference to, as the server wrote it. */
  readonly priorManifest?: Buffer | undefined;
  /** Whether the log needed to open it comes with it; false where an archive has it. */
  readonly includeWal: boolean;
}

export interface WalPlace {
  readonly lsn: bigint;
  readonly timeline: number;
}

/**
 * Streams a backup of a running server: `base.tar`, then `backup_manifest`, each to what `open` gives for it. With a prior manifest it is
 * incremental: files named `INCREMENTAL.*` hold only the blocks that changed. Resolves with where replay starts and where
 * the backup becomes consistent. (PostgreSQL 18, 54.4, BASE_BACKUP)
 */
export async function baseBackup(
  connection: ReplicationConnection,
  { label, priorManifest, includeWal }: BaseBackupOptions,
  open: (part: string) => Promise<PartWriter>,
): Promise<{ readonly start: WalPlace; readonly end: WalPlace }> {
  if (priorManifest !== undefined) await connection.send('UPLOAD_MANIFEST', pieces(priorManifest));
  const options = [
    `LABEL '${label.replaceAll("'", "''")}'`,
    `CHECKPOINT 'fast'`,
    `WAL ${includeWal}`,
    `WAIT false`, // for an archive that may be stuck: whoever needs the log there looks himself
    `TABLESPACE_MAP true`,
    `MANIFEST 'yes'`,
    `MANIFEST_CHECKSUMS 'SHA256'`,
    ...(priorManifest === undefined ? [] : ['INCREMENTAL']),
  ];
  let part: PartWriter | undefined;
  const results = await connection.run(`BASE_BACKUP (${options.join(', ')})`, async (message) => {
    const body = message.subarray(1);
    switch (String.fromCharCode(message[0] ?? 0)) {
      case 'n': {
        await part?.close();
        part = await open(body.toString('utf8', 0, body.indexOf(0)));
        return;
      }
      case 'm': {
        await part?.close();
        part = await open('backup_manifest');
        return;
      }
      case 'd':
        return part?.write(body);
      case 'p':
        return; // progress
      default:
        throw new Error(`BASE_BACKUP sent a message of unknown kind ${message[0]}`);
    }
  });
  await part?.close();
  return { start: placeIn(results[0]?.[0]), end: placeIn(results.at(-1)?.[0]) };
}

function placeIn(row: readonly (string | null)[] | undefined): WalPlace {
  const [lsn, timeline] = row ?? [];
  if (lsn == null || timeline == null) throw new Error('BASE_BACKUP ended without telling where');
  return { lsn: readLsn(lsn), timeline: Number(timeline) };
}

function* pieces(whole: Buffer): Iterable<Buffer> {
  for (let from = 0; from < whole.length; from += 65_536) yield whole.subarray(from, from + 65_536);
}

import type { StoredBackup } from '../vault/backup-vault.ts';
import { segmentAt, segmentName } from '../wal/segment-name.ts';

/** Segments without which a backup cannot be opened, or not at the place of its proof: from its start to there. */
export function neededLog({ backup, segmentBytes }: StoredBackup): readonly string[] {
  const [to, proof] = [BigInt(backup.to.offset), BigInt(backup.proof?.at.offset ?? 0)];
  const begin = segmentAt(BigInt(backup.from.offset), segmentBytes);
  // `to` is where its last record ends, the proof's place where the next one begins.
  const end = [segmentAt(to - 1n, segmentBytes), segmentAt(proof, segmentBytes)].reduce((a, b) => (a > b ? a : b));
  const timeline = Number(backup.to.branch);
  return Array.from({ length: Number(end - begin) + 1 }, (_, index) =>
    segmentName({ timeline, number: begin + BigInt(index) }, segmentBytes),
  );
}

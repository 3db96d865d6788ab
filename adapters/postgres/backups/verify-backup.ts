import { createHash } from 'node:crypto';
import { Parser } from 'tar';
import type { Verification } from '../../../functions/ports/recovery/backup-engine.ts';
import { readBackupManifest } from '../replication/backup-manifest.ts';
import type { OpenBackup, StoredBackup } from '../vault/backup-vault.ts';
import { reasonOf } from '../../shared/vault/unusable.ts';
import type { BackupSite } from './backup-site.ts';
import { isOnPath, logMap } from './log-map.ts';
import type { LogSite } from './log-site.ts';
import { neededLog } from './needed-log.ts';
import { noSuchBackup } from './read-chain.ts';

/**
 * Reads every byte of a backup and its chain, and of the log that it needs; and looks whether the archive goes on from there without a gap, on
 * every timeline that comes from it. `trimmedBefore` is where the archive may have gaps on purpose.
 */
export async function verifyBackup(site: BackupSite, id: string, trimmedBefore: bigint): Promise<Verification> {
  await site.drain();
  if ((await site.backups.find(id).catch(() => 'damaged')) === undefined) throw await noSuchBackup(site.backups, id);
  const problems: string[] = [];
  const note = (thrown: unknown): undefined => {
    problems.push(reasonOf(thrown));
  };
  for (let next: string | null = id; next !== null; ) {
    const opened: OpenBackup | undefined = await site.backups.open(next).catch(note);
    if (opened === undefined) break;
    await readParts(opened).catch(note);
    const label = await site.backups.find(next).catch(note);
    if (label !== undefined && JSON.stringify(label.backup) !== JSON.stringify(opened.backup))
      problems.push(`the label of ${next} differs from its manifest`);
    if (next === id)
      problems.push(...(await logProblems(site, opened, trimmedBefore).catch((thrown: unknown) => [reasonOf(thrown)])));
    next = opened.backup.parent;
  }
  return { intact: problems.length === 0, problems };
}

async function readParts(opened: OpenBackup): Promise<void> {
  const { id } = opened.backup;
  const manifest = readBackupManifest(Buffer.concat(await Array.fromAsync(opened.read('backup_manifest'))).toString());
  const seen = new Set<string>();
  const wrong: string[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      const hash = createHash('sha256');
      entry.on('data', (chunk: Buffer) => void hash.update(chunk));
      entry.on('end', () => {
        const wanted = manifest.files.get(entry.path);
        seen.add(entry.path);
        if (wanted !== undefined && wanted.sha256 !== hash.digest('hex'))
          wrong.push(`${entry.path} differs from its checksum`);
      });
    },
  });
  const whole = createHash('sha256');
  const { promise: parsed, resolve, reject } = Promise.withResolvers<void>();
  parser.on('end', () => resolve());
  parser.on('error', reject);
  parsed.catch(() => undefined);
  for await (const chunk of opened.read('base.tar')) {
    whole.update(chunk);
    parser.write(chunk);
  }
  parser.end();
  await parsed;
  const part = opened.parts.find(({ name }) => name === 'base.tar');
  if (part?.sha256 !== whole.digest('hex')) wrong.push('base.tar differs from its checksum');
  for (const path of manifest.files.keys()) if (!seen.has(path)) wrong.push(`${path} is missing`);
  if (wrong.length > 0)
    throw new Error(
      `${id}: ${wrong.slice(0, 5).join('; ')}${wrong.length > 5 ? `; and ${wrong.length - 5} more` : ''}`,
    );
}

/** What is wrong with the log that a backup needs, and with what follows it. */
export async function logProblems(
  site: LogSite,
  stored: StoredBackup,
  trimmedBefore: bigint,
): Promise<readonly string[]> {
  const { backup, segmentBytes } = stored;
  const archive = site.archive(backup.lineage);
  const problems: string[] = [];
  for (const name of neededLog(stored))
    await archive.read(name).catch((thrown: unknown) => void problems.push(reasonOf(thrown)));
  const [from, to] = [BigInt(backup.from.offset), BigInt(backup.to.offset)];
  const map = await logMap(archive, segmentBytes);
  for (const timeline of map.timelines)
    try {
      const path = await map.path(timeline, from);
      if (!isOnPath(path, { timeline: Number(backup.to.branch), lsn: to })) continue;
      const needed = new Set(neededLog(stored));
      const gaps = path.steps.filter(({ facts, name }) => facts === undefined && !needed.has(name));
      const [gap] = gaps;
      if (gap !== undefined && from >= trimmedBefore)
        problems.push(
          `${gap.name} of the archived log is missing: branch ${timeline} cannot be restored past it (${gaps.length} missing)`,
        );
    } catch (thrown) {
      problems.push(reasonOf(thrown));
    }
  return [...new Set(problems)];
}

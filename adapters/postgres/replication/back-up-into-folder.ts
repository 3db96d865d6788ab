import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { baseBackup, type PartWriter, type WalPlace } from './base-backup.ts';
import { readBackupManifest } from './backup-manifest.ts';
import { combineBackups } from './combine-backups.ts';
import { connectReplication, type ReplicationAddress } from './replication-connection.ts';
import { type UnpackedFile, unpackTar } from './unpack-tar.ts';

export interface FolderBackup {
  readonly start: WalPlace;
  readonly end: WalPlace;
}

/**
 * Copies a running server, primary or standby, into `folder`, which must be missing or empty (the folder it is in must be there), with the log
 * it needs to open. Every file is compared with the server's manifest and durable before this resolves. (pg_basebackup)
 *
 * With `prior`, a folder made so before, of this server or of the one it was a standby of, only what changed since is sent and
 * combined: nothing of a data folder that is not trusted is read. `prior` is left as it is. The server must have summarized the log since `prior` began.
 */
export async function backUpIntoFolder(
  from: ReplicationAddress,
  folder: string,
  { label = 'pointsman', prior }: { readonly label?: string; readonly prior?: string | undefined } = {},
): Promise<FolderBackup> {
  const parts = `${folder}.part`;
  const target = prior === undefined ? folder : parts;
  await rm(parts, { recursive: true, force: true });
  const connection = await connectReplication(from);
  try {
    const priorManifest = prior === undefined ? undefined : await readFile(join(prior, 'backup_manifest'));
    const places = await unpackBackup(target, (open) =>
      baseBackup(connection, { label, priorManifest, includeWal: true }, open),
    );
    if (prior !== undefined) {
      await combineBackups([prior, parts], folder, { keepFull: true });
      await rm(parts, { recursive: true });
    }
    await flushFolder(folder);
    return places;
  } finally {
    await connection.end();
  }
}

/** Unpacks what `stream` sends into a folder and compares every file with the manifest that came along. */
export async function unpackBackup<T>(
  folder: string,
  stream: (open: (part: string) => Promise<PartWriter>) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = new Map<string, UnpackedFile>();
  const manifest: Buffer[] = [];
  const done = await stream(async (part) => {
    if (part === 'base.tar') return unpackTar(folder, files);
    if (part !== 'backup_manifest') throw new Error(`the server has a tablespace (${part}), which is not supported`);
    return {
      write: async (chunk) => void manifest.push(Buffer.from(chunk)),
      close: () => writeFile(join(folder, 'backup_manifest'), Buffer.concat(manifest), { mode: 0o600 }),
    };
  });
  const problems = differences(files, Buffer.concat(manifest).toString());
  if (problems.length > 0) throw new Error(`the backup did not arrive whole: ${problems.slice(0, 5).join('; ')}`);
  return done;
}

/** What differs between unpacked files and the manifest, in words. The log is not in it. */
export function differences(files: ReadonlyMap<string, UnpackedFile>, manifest: string): readonly string[] {
  const { files: wanted } = readBackupManifest(manifest);
  const problems = [...wanted].flatMap(([path, { sha256 }]) => {
    const found = files.get(path);
    if (found === undefined) return [`${path} is missing`];
    return found.sha256 === sha256 ? [] : [`${path} differs from its checksum`];
  });
  const extra = [...files.keys()].filter((path) => !wanted.has(path) && !path.startsWith('pg_wal/'));
  return [...problems, ...extra.map((path) => `${path} is not in the manifest`)];
}

/** Makes all that a folder holds durable at once: a disk flush for each of a thousand files takes seconds. (sync(1), syncfs(2)) */
export const flushFolder = (folder: string): Promise<unknown> => promisify(execFile)('sync', ['--file-system', folder]);

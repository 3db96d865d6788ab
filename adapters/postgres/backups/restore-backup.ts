import { readdir, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differences } from '../replication/back-up-into-folder.ts';
import { combineBackups } from '../replication/combine-backups.ts';
import { type UnpackedFile, unpackTar } from '../replication/unpack-tar.ts';
import type { OpenBackup } from '../vault/backup-vault.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import type { RestorePlan } from './plan-restore.ts';
import type { RestoreFolders } from './scratch-place.ts';

/** Unpacks and combines a chain, and opens every file of the log that it needs. */
export async function layOutRestore(
  { chain, log }: RestorePlan<OpenBackup>,
  archive: WalArchive,
  { data, log: logFolder, parts }: RestoreFolders,
): Promise<void> {
  for (const folder of [data, parts]) await rm(folder, { recursive: true, force: true });
  await layOutLog(log, archive, logFolder);
  const folders = await unpackChain(chain, parts);
  const [full] = folders;
  if (full === undefined) throw new Error('a chain is never empty');
  if (folders.length === 1) await rename(full, data);
  else
    await combineBackups(folders, data).catch((thrown: unknown) => {
      throw unusable(
        `${chain.at(-1)?.backup.id} cannot be combined with what it stands on: ${reasonOf(thrown)}`,
        thrown,
      );
    });
  await rm(parts, { recursive: true });
  await dropOwnLog(data);
}

/** Opens files of the log into a folder of their own. */
export async function layOutLog(names: readonly string[], archive: WalArchive, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  for (const name of names) await writeFile(join(folder, name), await archive.read(name), { mode: 0o600 });
}

/** Removes the log that came with the data: only the archive is replayed. */
export async function dropOwnLog(data: string): Promise<void> {
  for (const name of await readdir(join(data, 'pg_wal')))
    if (/^[0-9A-F]{24}/.test(name)) await rm(join(data, 'pg_wal', name));
}

/** Unpacks each backup of a chain into a folder of its own below `parts`, oldest first, compared with the server's manifest. */
export async function unpackChain(chain: readonly OpenBackup[], parts: string): Promise<readonly string[]> {
  await mkdir(parts, { mode: 0o700 });
  const folders: string[] = [];
  for (const [index, backup] of chain.entries()) {
    const folder = join(parts, String(index));
    await unpack(backup, folder);
    folders.push(folder);
  }
  return folders;
}

async function unpack(backup: OpenBackup, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const files = new Map<string, UnpackedFile>();
  const tar = unpackTar(folder, files);
  try {
    for await (const chunk of backup.read('base.tar')) await tar.write(chunk);
    await tar.close();
  } catch (thrown) {
    await tar.abandon();
    throw thrown;
  }
  const manifest = Buffer.concat(await Array.fromAsync(backup.read('backup_manifest'))).toString();
  const problems = differences(files, manifest);
  if (problems.length > 0) throw unusable(`${backup.backup.id}: ${problems.slice(0, 5).join('; ')}`);
}

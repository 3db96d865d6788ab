import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import { syncFolder, UNFINISHED } from '../../shared/vault/durable-files.ts';
import { unusable } from '../../shared/vault/unusable.ts';
import { copyLog } from '../backups/copy-backup.ts';
import { flushFolder } from '../replication/back-up-into-folder.ts';
import { giveTo } from '../server/server-user.ts';
import type { RepositoryBackup } from './backup-labels.ts';
import { identityFolder, type Repository } from './repository.ts';
import type { RepositorySite } from './repository-site.ts';
import { unpacked } from './unpacked.ts';
import { setProblems } from './verify-repository.ts';

/**
 * Copies a backup, its chain, and the archived log into another site's repository, which pgBackRest has no command for. The log is opened and
 * archived again. Of a backup the files are copied as they are, under the key of their chain; that key is in the manifest, which is
 * opened with one site's key and locked with the other's. pgBackRest then finds it in the repository, and lists it.
 */
export async function copyBackup(id: string, from: RepositorySite, to: RepositorySite): Promise<Backup> {
  await from.drain();
  const chain = await from.chain(id);
  const problems = await setProblems(
    from.repository,
    chain.map(({ set }) => set),
  );
  if (problems.length > 0) throw unusable(`${id} is not copied: ${problems.join('; ')}`);
  await sameCluster(chain, from.repository, to.repository);
  await copyLog(chain, from, to);
  for (const link of chain) await copyLink(link, from.repository, to);
  const copied = await to.backups.find(id);
  if (copied === undefined) throw new Error(`${id} was copied and is gone`);
  return copied.backup;
}

/** Makes the repository for the cluster that was backed up, also where that has no server yet. */
async function sameCluster([full]: readonly RepositoryBackup[], from: Repository, to: Repository): Promise<void> {
  const folder = `backup/${from.stanza}/${full?.set}/pg_data/global`;
  const [name] = (await readdir(join(from.folder, folder))).filter((file) => file.startsWith('pg_control'));
  if (name === undefined) throw unusable(`${full?.backup.id} has no pg_control`);
  const control = await unpacked(name, await from.get(`${folder}/${name}`));
  await to.ensure(await identityFolder(to, control));
}

async function copyLink(link: RepositoryBackup, from: Repository, to: RepositorySite): Promise<void> {
  const { set, backup } = link;
  if ((await to.backups.find(backup.id)) !== undefined) {
    // One that cannot be read is no reason to put another in its place: the key may be the wrong one only now.
    await to.labels.open(backup.id);
    return;
  }
  const [source, place] = [from, to.repository].map((repo) => join(repo.folder, 'backup', repo.stanza, set));
  if (source === undefined || place === undefined) throw new Error('both repositories have a folder');
  if (
    (await to.repository.info()).some(
      ({ label, annotation }) => label === set && annotation?.['pointsman-id'] !== backup.id,
    )
  )
    throw unusable(`the repository of ${to.name} has another backup ${set}`);
  const draft = join(to.vault, UNFINISHED + set);
  for (const left of [place, draft]) await rm(left, { recursive: true, force: true }); // of an attempt that nobody saw through
  await mkdir(draft, { mode: 0o750 });
  await cp(join(source, 'pg_data'), join(draft, 'pg_data'), { recursive: true, preserveTimestamps: true });
  await giveTo(await to.repository.user(), draft);
  await flushFolder(draft);
  await rename(draft, place);
  const environment = { PGBACKREST_CIPHER_PASS: await manifestPass(to.repository) };
  // Without the first, the second alone would be a backup to be resumed.
  for (const name of ['backup.manifest', 'backup.manifest.copy']) {
    const path = `backup/${from.stanza}/${set}/${name}`;
    await to.repository.run('repo-put', [path], { environment, input: await from.get(path) });
  }
  await syncFolder(join(place, '..'));
  await to.repository.run('expire'); // looks what there is, and expires nothing
  const stored = { ...link, backup: { ...backup, site: to.name, lockedUntil: to.lockedUntil() } };
  const problems = (await to.repository.info()).some(({ label }) => label === set) ? [] : [set];
  if (problems.length > 0)
    throw unusable(`${backup.id} was copied to ${to.name}, and pgBackRest does not list it there`);
  await to.labels.write(stored);
}

/** The key under which a repository's manifests are, which its own site's key opens. */
async function manifestPass(repo: Repository): Promise<string> {
  const info = (await repo.get(`backup/${repo.stanza}/backup.info`)).toString('utf8');
  const found = /^cipher-pass=("[^"\n]+")$/m.exec(info)?.[1];
  if (found === undefined) throw unusable(`backup.info of ${repo.folder} holds no key`);
  return JSON.parse(found) as string;
}

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { type LogSite, logSite, siteKey, siteOptions } from '../backups/log-site.ts';
import { noSuchBackup } from '../backups/read-chain.ts';
import { type BackupLabels, backupLabels, type RepositoryBackup } from './backup-labels.ts';
import type { PgBackRestOptions } from './options.ts';
import { repository, type Repository } from './repository.ts';
import { repositoryArchive } from './repository-archive.ts';

/** A site whose vault holds a repository of pgBackRest, into which its server archives by itself. */
export interface RepositorySite extends LogSite<RepositoryBackup> {
  readonly repository: Repository;
  readonly labels: BackupLabels;
  readonly vault: string;
  /** Data folder of its server. */
  readonly data: string;
}

/**
 * What pgBackRest lists and has a label of ours is a backup: what it lists beside is a half-taken one or somebody else's, a label without
 * it is of one that is gone. Where it cannot tell, for want of the key, the labels stand.
 */
export function repositorySite(options: PgBackRestOptions, name: SiteName): RepositorySite {
  const { vault, data } = siteOptions(options, name);
  const repo = repository(options, name);
  const labels = backupLabels(join(vault, 'labels'), () => siteKey(options, name));
  const cluster = async () =>
    (await exists(join(data, 'global', 'pg_control'))) ? data : join(repo.drafts, 'identity');
  const archive = repositoryArchive(repo, join(vault, 'notes'), cluster);

  async function list(): Promise<readonly RepositoryBackup[]> {
    const known = await labels.list();
    if (known.length === 0) return [];
    const sets = await repo.info().then(
      (found) => new Set(found.map(({ label }) => label)),
      () => undefined,
    );
    return sets === undefined ? known : known.filter(({ set }) => sets.has(set));
  }

  async function chain(id: string): Promise<readonly RepositoryBackup[]> {
    if ((await labels.find(id)) === undefined) throw await noSuchBackup({ list }, id);
    const links: RepositoryBackup[] = [];
    const sets = new Set((await repo.info()).map(({ label }) => label));
    for (let next: string | null = id; next !== null; ) {
      if (links.length > 0 && (await labels.find(next)) === undefined)
        throw unusable(`${id} is the difference to ${next}, which is not there`);
      const opened: RepositoryBackup = await labels.open(next);
      if (opened.backup.id !== next) throw unusable(`the label of ${next} is that of ${opened.backup.id}`);
      if (!sets.has(opened.set))
        throw unusable(`pgBackRest has ${next} (${opened.set}) no more: its manifest is missing`);
      links.unshift(opened);
      next = opened.backup.parent;
    }
    return links;
  }

  const way = {
    chain,
    backups: { list, find: async (id: string) => (await list()).find(({ backup }) => backup.id === id) },
    archive: () => archive,
    async drain() {
      try {
        return (await repo.ensure()) ? await archive.index() : [];
      } catch (thrown) {
        return [reasonOf(thrown)];
      }
    },
  };
  return { ...logSite(options, name, way), repository: repo, labels, vault, data };
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

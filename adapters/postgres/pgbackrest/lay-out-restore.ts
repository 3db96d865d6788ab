import { mkdir, rm } from 'node:fs/promises';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { dropOwnLog, layOutLog } from '../backups/restore-backup.ts';
import type { LayOut } from '../backups/scratch-place.ts';
import { giveTo } from '../server/server-user.ts';
import type { RepositoryBackup } from './backup-labels.ts';
import { PgBackRestFailure } from './run-pgbackrest.ts';
import { onlyOnce, type Repository } from './repository.ts';

/**
 * Lets pgBackRest lay the data down, which compares every file with its checksum. Where to stop is not its business: it would leave
 * the log to a `restore_command`, and PostgreSQL takes what that cannot fetch for the end.
 */
export const layOutRestore =
  (repositoryOf: (site: string) => Repository): LayOut<RepositoryBackup> =>
  async ({ chain, log }, archive, folders, site) => {
    const repo = repositoryOf(site.name);
    const { backup, set } = chain.at(-1) ?? {};
    if (backup === undefined || set === undefined) throw new Error('a chain is never empty');
    await layOutLog(log, archive, folders.log);
    await rm(folders.data, { recursive: true, force: true });
    await mkdir(folders.data, { mode: 0o700 });
    await giveTo(await repo.user(), folders.data);
    const args = [`--set=${set}`, '--type=none', '--archive-mode=off', `--pg1-path=${folders.data}`, onlyOnce];
    await repo.run('restore', args).catch((thrown: unknown) => {
      if (!(thrown instanceof PgBackRestFailure)) throw thrown;
      throw unusable(`${backup.id} cannot be restored: ${reasonOf(thrown)}`, thrown);
    });
    await dropOwnLog(folders.data);
  };

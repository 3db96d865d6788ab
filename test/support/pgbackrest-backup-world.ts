import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivingBackupEngine } from '../../adapters/postgres/backups/postgres-backup-engine.ts';
import type { RepositoryBackup } from '../../adapters/postgres/pgbackrest/backup-labels.ts';
import type { PgBackRestSiteOptions } from '../../adapters/postgres/pgbackrest/options.ts';
import { pgBackRestBackupEngine } from '../../adapters/postgres/pgbackrest/pgbackrest-backup-engine.ts';
import {
  pgBackRestArchiveCommand,
  pgBackRestArchiveSettings,
} from '../../adapters/postgres/pgbackrest/repository-settings.ts';
import { type ArchivedWorld, archivedWorlds } from './archived-world.ts';
import { flipByte } from './flip-byte.ts';
import { onPath } from './on-path.ts';

const bin = '/usr/lib/postgresql/15/bin';

/** Why there is none here, as the end of a suite's name; empty where there is. */
export const withoutPgBackRest = !existsSync(`${bin}/postgres`)
  ? `: skipped, ${bin} is not on this machine`
  : onPath('pgbackrest') === undefined
    ? ': skipped, pgbackrest is not on PATH'
    : '';

export interface PgBackRestBackupWorld extends ArchivedWorld<ArchivingBackupEngine, PgBackRestSiteOptions> {
  /** Folder of the backup's files in the site's repository. */
  set(id: string, site: string): Promise<string>;
  /** Paths of the archived files of the log at a site, sorted by name. */
  archived(site: string): Promise<readonly string[]>;
  /** That of the file of the log in which the backup begins. */
  segment(id: string, site: string): Promise<string>;
}

const worlds = archivedWorlds<ArchivingBackupEngine, PgBackRestSiteOptions>({
  bin,
  archiving: (settings) => pgBackRestArchiveSettings(pgBackRestArchiveCommand('shop', { settings })),
  begin: async () => undefined,
  empty: async () => undefined, // what is left of the last world lies before all backups of this one
  site: (settings, data) => ({ settings, data }),
  engine: pgBackRestBackupEngine,
});

/** Debian's PostgreSQL 15 and pgBackRest. */
export async function pgBackRestBackupWorld(): Promise<PgBackRestBackupWorld> {
  const world = await worlds();
  const { vault, engine, secrets } = world;

  async function set(id: string, site: string): Promise<string> {
    const sets = join(vault(site), 'repository', 'backup', 'shop');
    const label = await readFile(join(vault(site), 'labels', `${id}.json`), 'utf8');
    return join(sets, (JSON.parse(label) as { readonly stored: RepositoryBackup }).stored.set);
  }

  const archived = async (site: string) =>
    (await readdir(join(vault(site), 'repository', 'archive', 'shop'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith('archive.info'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();

  async function segment(id: string, site: string): Promise<string> {
    const found = (await engine.list('shop', site)).find((each) => each.id === id);
    const number = (BigInt(found?.from.offset ?? 0) / 1_048_576n).toString(16).toUpperCase().padStart(8, '0');
    return (await archived(site)).find((path) => new RegExp(`${number}-[0-9a-f]{40}`).test(path)) ?? '';
  }

  return {
    ...world,
    set,
    archived,
    segment,
    async damage(kind, id, site) {
      switch (kind) {
        case 'flipped-byte':
          return flipByte(join(await set(id, site), 'pg_data', 'base', '5', '1255.gz'), -100);
        case 'missing-manifest':
          for (const name of ['backup.manifest', 'backup.manifest.copy']) await rm(join(await set(id, site), name));
          return;
        case 'missing-segment':
          return rm(await segment(id, site));
        case 'cut-archive':
          return truncate(await segment(id, site), Math.floor((await stat(await segment(id, site))).size / 2));
        case 'wrong-key':
          return void secrets.set(`file:${site}.key`, randomBytes(32).toString('hex'));
      }
    },
  };
}

import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type PostgresBackupEngine,
  postgresBackupEngine,
} from '../../adapters/postgres/backups/postgres-backup-engine.ts';
import type { BackupSiteOptions } from '../../adapters/postgres/backups/options.ts';
import { serverUser } from '../../adapters/postgres/server/server-user.ts';
import { archiveSettings, walSpool } from '../../adapters/postgres/spool/wal-spool.ts';
import { type ArchivedWorld, archivedWorlds } from './archived-world.ts';
import { flipByte } from './flip-byte.ts';

/** Two sites, `a` with a running primary and `b` with an empty vault, real in all but their size. */
export interface PostgresBackupWorld extends ArchivedWorld<PostgresBackupEngine, BackupSiteOptions> {
  /** Paths of the archived files of the log at a site, sorted by name. */
  archived(site: string): Promise<readonly string[]>;
}

const worlds = archivedWorlds<PostgresBackupEngine, BackupSiteOptions>({
  bin: undefined,
  archiving: archiveSettings,
  begin: async (spool) => walSpool(spool).prepare(await serverUser()),
  async empty(spool) {
    for (const name of await readdir(spool)) if (/^\d+$/.test(name)) await rm(join(spool, name), { recursive: true });
  },
  site: (spool) => ({ spool }),
  engine: postgresBackupEngine,
});

export async function postgresBackupWorld(): Promise<PostgresBackupWorld> {
  const world = await worlds();
  const { vault, engine, secrets } = world;

  const archived = async (name: string) =>
    (await readdir(join(vault(name), 'log'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();

  return {
    ...world,
    archived,
    async damage(kind, id, name) {
      const backup = join(vault(name), 'backups', id);
      const segments = (await archived(name)).filter((path) => /[0-9A-F]{24}\.sealed$/.test(path));
      const found = (await engine.list('shop', name)).find((each) => each.id === id);
      const number = BigInt(found?.from.offset ?? 0) / 1_048_576n;
      const needed =
        segments.find((path) => path.endsWith(`${number.toString(16).toUpperCase().padStart(8, '0')}.sealed`)) ?? '';
      switch (kind) {
        case 'flipped-byte':
          return flipByte(join(backup, 'base.tar.sealed'), 5_000_000);
        case 'missing-manifest':
          return rm(join(backup, 'manifest.json'));
        case 'missing-segment':
          return rm(needed);
        case 'cut-archive':
          return truncate(needed, Math.floor((await stat(needed)).size / 2));
        case 'wrong-key':
          return void secrets.set(`file:${name}.key`, randomBytes(32).toString('hex'));
      }
    },
  };
}

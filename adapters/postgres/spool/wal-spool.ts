import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../server/server-config.ts';
import { giveTo, type ServerUser } from '../server/server-user.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import { isMissing, reasonOf } from '../../shared/vault/unusable.ts';
import { archiveCommand, archiveScript } from './archive-script.ts';

/** Where a server of a site lays its log down for the vault. */
export interface WalSpool {
  /** Makes the folder, the server user's, with the script in it. Safe to repeat. */
  prepare(user: ServerUser | undefined): Promise<void>;
  /** Seals what lies there into the archive of its lineage. What cannot be sealed stays, and is told in words. */
  drain(archiveOf: (lineage: string) => WalArchive): Promise<readonly string[]>;
}

/**
 * Settings by which a server archives into a spool. `always`: a standby archives what it is sent, into its own site's vault, so that no site
 * depends on another's archive.
 */
export const archiveSettings = (spool: string): Settings => ({
  archive_mode: 'always',
  archive_command: archiveCommand(spool),
  archive_timeout: '60s',
  summarize_wal: 'on', // an incremental backup needs the summaries since its parent
});

export function walSpool(folder: string): WalSpool {
  return {
    async prepare(user) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(join(folder, 'archive.sh'), archiveScript, { mode: 0o700 });
      await chmod(folder, 0o700);
      await giveTo(user, folder);
    },

    async drain(archiveOf) {
      const problems: string[] = [];
      const lineages = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
      for (const lineage of lineages) {
        const place = join(folder, lineage);
        const names = (await readdir(place)).filter((name) => /^[0-9A-F]{8}/.test(name)).sort();
        for (const name of names)
          try {
            await sealOne(place, name, archiveOf(lineage));
          } catch (thrown) {
            if (!isMissing(thrown))
              // else another process sealed it meanwhile
              problems.push(`${name} waits to be archived: ${reasonOf(thrown)}`);
          }
      }
      return problems;
    },
  };
}

async function sealOne(place: string, name: string, archive: WalArchive): Promise<void> {
  const bytes = await readFile(join(place, name));
  await archive.add(name, bytes);
  // First the checksum, then the file goes: the script finds one of them at any moment.
  await mkdir(join(place, 'sealed'), { recursive: true });
  await writeFile(join(place, 'sealed', name), createHash('sha256').update(bytes).digest('hex'), {
    mode: 0o644,
    flush: true,
  });
  await rm(join(place, name), { force: true });
}

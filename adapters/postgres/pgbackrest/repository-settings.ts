import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteKey } from '../../shared/vault/site-key.ts';
import { giveTo, type ServerUser } from '../server/server-user.ts';
import { shellQuoted } from '../spool/shell-quoted.ts';
import type { Settings } from '../server/server-config.ts';
import type { PgBackRestOptions, PgBackRestSiteOptions } from './options.ts';

export const settingsFile = ({ settings }: Pick<PgBackRestSiteOptions, 'settings'>): string =>
  join(settings, 'pgbackrest.conf');

/** The value of `archive_command`: no secret is in it, the file that it names has one. */
export const pgBackRestArchiveCommand = (
  group: string,
  site: Pick<PgBackRestSiteOptions, 'settings'>,
  program = 'pgbackrest',
): string => `${shellQuoted(program)} --config=${shellQuoted(settingsFile(site))} --stanza=${group} archive-push "%p"`;

/** Settings by which a server archives into its site's repository; a standby too, into its own. */
export const pgBackRestArchiveSettings = (command: string): Settings => ({
  archive_mode: 'always',
  archive_command: command,
  archive_timeout: '60s',
});

/** The key as pgBackRest takes it: in hex, so that a person with the key can restore without us. */
export const cipherPass = ({ bytes }: SiteKey): string => bytes.toString('hex');

/**
 * Writes what a server and this process tell pgBackRest about a site's repository. The key is in it, for the server's user
 * alone (0600): the server archives by itself, also while no host runs.
 */
export async function writeSettings(
  options: PgBackRestOptions,
  site: PgBackRestSiteOptions,
  key: SiteKey,
  user: ServerUser | undefined,
): Promise<void> {
  const { settings } = site;
  await mkdir(settings, { recursive: true, mode: 0o700 });
  await chmod(settings, 0o700);
  for (const name of ['run', 'draft']) await mkdir(join(settings, name), { recursive: true, mode: 0o700 });
  const text = `[global]
repo1-path=${join(site.vault, 'repository')}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${cipherPass(key)}
# What expires is decided by the group's own retention.
repo1-retention-full=9999999
compress-type=gz
compress-level=1
lock-path=${join(settings, 'run')}
spool-path=${join(settings, 'run')}
log-level-file=off
log-level-console=off
log-level-stderr=error

[${options.group}]
pg1-path=${site.data}
pg1-port=${site.port}
pg1-user=${options.user}
pg1-database=${options.database}
`;
  const file = settingsFile(site);
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    const draft = `${file}.draft`; // a server that reads it meanwhile finds the old one or the new, and may read it
    await rm(draft, { force: true });
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await giveTo(user, draft);
    await rename(draft, file);
  }
  await giveTo(user, settings);
}

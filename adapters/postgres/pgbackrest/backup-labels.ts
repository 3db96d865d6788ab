import { createHmac } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '../../shared/vault/durable-files.ts';
import type { SiteKey } from '../../shared/vault/site-key.ts';
import { isMissing, unusable } from '../../shared/vault/unusable.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';

/** A backup in a repository, and what pgBackRest does not keep of it: its proof, its lock, what a restore must be set to. */
export interface RepositoryBackup extends StoredBackup {
  /** pgBackRest's own name of it: `20261127-020000F`. */
  readonly set: string;
}

/** Files beside the repository, one for each backup. Read without a key; a changed one is found with it. */
export interface BackupLabels {
  /** Oldest first; damaged ones are left out. */
  list(): Promise<readonly RepositoryBackup[]>;
  /** Undefined when there is none. @throws StepFailure `Pointsman.BackupUnusable` for a damaged one */
  find(id: string): Promise<RepositoryBackup | undefined>;
  /** Compared with what was written under the site's key. @throws StepFailure `Pointsman.BackupUnusable` */
  open(id: string): Promise<RepositoryBackup>;
  write(stored: RepositoryBackup): Promise<void>;
  remove(id: string): Promise<void>;
}

interface Label {
  readonly stored: RepositoryBackup;
  /** HMAC-SHA256 over it with the site's key, in hex. */
  readonly mac: string;
}

export function backupLabels(folder: string, siteKey: () => Promise<SiteKey>): BackupLabels {
  const pathOf = (id: string) => join(folder, `${id}.json`);
  const macOf = async (stored: RepositoryBackup): Promise<string> =>
    createHmac('sha256', (await siteKey()).bytes)
      .update(`pointsman: label ${JSON.stringify(stored)}`)
      .digest('hex');

  async function read(id: string): Promise<Label | undefined> {
    try {
      return JSON.parse(await readFile(pathOf(id), 'utf8')) as Label;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw unusable(`${id} has a damaged label`, thrown);
    }
  }

  return {
    async list() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.json$/.test(name));
      const found = await Promise.all(names.map((name) => read(name.slice(0, -5)).catch(() => undefined)));
      return found.flatMap((label) => label?.stored ?? []).sort((a, b) => a.backup.takenAt - b.backup.takenAt);
    },
    find: async (id) => (await read(id))?.stored,
    async open(id) {
      const label = await read(id);
      if (label === undefined) throw unusable(`${id} has no label`);
      if (label.mac !== (await macOf(label.stored)))
        throw unusable(
          `the label of ${id} was changed, or was written under another key than the site has: the wrong key`,
        );
      return label.stored;
    },
    async write(stored) {
      const label: Label = { stored, mac: await macOf(stored) };
      await writeFileWhole(pathOf(stored.backup.id), [Buffer.from(`${JSON.stringify(label, null, 1)}\n`)]);
    },
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}

import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newDataKey } from './data-key.ts';
import { syncFolder, UNFINISHED, writeFileWhole } from './durable-files.ts';
import { type Part, sealedPart, type SealedPartWriter } from './sealed-part.ts';
import { unseal } from './sealed-stream.ts';
import type { SiteKey } from './site-key.ts';
import { isMissing, reasonOf, unusable } from './unusable.ts';
import { manifestText, readManifest } from './vault-manifest.ts';

/** What is known of a stored backup beside its bytes: its label. */
export interface Stored {
  readonly backup: { readonly takenAt: number };
}

/** A backup that can be read, as its manifest says. */
export type OpenBackup<S extends Stored> = S & {
  readonly parts: readonly Part[];
  /** Bytes of a part; ends with an error where they are not what was stored. */
  read(part: string): AsyncIterable<Buffer>;
};

/** The backups in a site's vault: a folder each, which appears with all it holds at once. */
export interface BackupVault<S extends Stored> {
  /** Oldest first, as their labels say. */
  list(): Promise<readonly S[]>;
  /** Its label; undefined when there is no such backup. */
  find(id: string): Promise<S | undefined>;
  /** @throws StepFailure `Pointsman.BackupUnusable` naming what is missing, changed or locked with another key */
  open(id: string): Promise<OpenBackup<S>>;
  /** Begins one. What an earlier attempt left is removed. */
  begin(id: string): Promise<UnfinishedBackup<S>>;
  remove(id: string): Promise<void>;
}

export interface UnfinishedBackup<S extends Stored> {
  part(name: string): Promise<SealedPartWriter>;
  /** Makes it exist, durably. Of an id that exists meanwhile: that one stays. */
  publish(describe: (bytes: number) => S): Promise<void>;
  abandon(): Promise<void>;
}

const [LABEL, MANIFEST, SUFFIX] = ['label.json', 'manifest.json', '.sealed'];

export function backupVault<S extends Stored>(folder: string, siteKey: () => Promise<SiteKey>): BackupVault<S> {
  const place = (id: string) => join(folder, id);

  async function find(id: string): Promise<S | undefined> {
    try {
      return JSON.parse(await readFile(join(place(id), LABEL), 'utf8')) as S;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw unusable(`${id} has a damaged label`, thrown);
    }
  }

  return {
    find,

    async list() {
      const ids = (await readdir(folder).catch(() => [])).filter((id) => !id.startsWith('.'));
      const found = await Promise.all(ids.map((id) => find(id).catch(() => undefined)));
      return found.filter((each) => each !== undefined).sort((a, b) => a.backup.takenAt - b.backup.takenAt);
    },

    async open(id) {
      const text = await readFile(join(place(id), MANIFEST), 'utf8').catch((thrown: unknown) => {
        throw unusable(`the manifest of ${id} is ${isMissing(thrown) ? 'missing' : 'unreadable'}`, thrown);
      });
      const { manifest, key } = readManifest(id, text, await siteKey());
      return {
        ...(manifest.stored as S),
        parts: manifest.parts,
        async *read(part) {
          const path = join(place(id), part + SUFFIX);
          try {
            yield* unseal(key, `${id} ${part}`, createReadStream(path, { highWaterMark: 1_048_576 }));
          } catch (thrown) {
            throw unusable(
              `${part} of ${id} ${isMissing(thrown) ? 'is missing' : `cannot be read: ${reasonOf(thrown)}`}`,
              thrown,
            );
          }
        },
      };
    },

    async begin(id) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const left of (await readdir(folder)).filter((each) => each.startsWith(`${UNFINISHED}${id}.`)))
        await rm(join(folder, left), { recursive: true, force: true });
      const draft = join(folder, `${UNFINISHED}${id}.${randomUUID()}`);
      await mkdir(draft, { mode: 0o700 });
      const { key, wrapped } = newDataKey(await siteKey(), id);
      const parts: Part[] = [];
      const writers: SealedPartWriter[] = [];
      return {
        async part(name) {
          const writer = await sealedPart(join(draft, name + SUFFIX), key, id, name, parts);
          writers.push(writer);
          return writer;
        },
        async publish(describe) {
          const sizes = await Promise.all(parts.map(({ name }) => stat(join(draft, name + SUFFIX))));
          const stored = describe(sizes.reduce((sum, { size }) => sum + size, 0));
          await writeFileWhole(join(draft, LABEL), [Buffer.from(`${JSON.stringify(stored, null, 1)}\n`)]);
          await writeFileWhole(join(draft, MANIFEST), [Buffer.from(manifestText(key, wrapped, stored, parts))]);
          await rename(draft, place(id)).catch((thrown: NodeJS.ErrnoException) => {
            if (thrown.code !== 'ENOTEMPTY' && thrown.code !== 'EEXIST') throw thrown;
          });
          await syncFolder(folder);
        },
        async abandon() {
          await Promise.all(writers.map((writer) => writer.abandon()));
          await rm(draft, { recursive: true, force: true });
        },
      };
    },

    async remove(id) {
      const gone = join(folder, `${UNFINISHED}${id}.${randomUUID()}`);
      try {
        await rename(place(id), gone); // at once, so that a crash leaves no part of it
      } catch (thrown) {
        if (isMissing(thrown)) return;
        throw thrown;
      }
      await syncFolder(folder);
      await rm(gone, { recursive: true });
    },
  };
}

import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked } from '../../../test/support/asked.ts';
import { flipByte } from '../../../test/support/flip-byte.ts';
import {
  pgBackRestBackupWorld,
  type PgBackRestBackupWorld,
  withoutPgBackRest,
} from '../../../test/support/pgbackrest-backup-world.ts';
import { giveTo, serverUser } from '../server/server-user.ts';

/** What is done to a repository that holds `one` and, standing on it, `two`, and what `verify` must say. */
const damages: Readonly<
  Record<string, { readonly says: RegExp; readonly to: (world: PgBackRestBackupWorld) => Promise<unknown> }>
> = {
  'a flipped byte in the data': {
    says: /I is damaged: .*checksum invalid: 1/,
    to: async (w) => flipByte(await file(w, 'two', 'global/pg_control.gz'), -40),
  },
  'a flipped byte in the data of what it stands on': {
    says: /F is damaged: .*checksum invalid: 1/,
    to: async (w) => flipByte(await file(w, 'one', 'base/5/1255.gz'), 4000),
  },
  'a missing file': {
    says: /F is damaged: .*missing: 1/,
    to: async (w) => rm(await file(w, 'one', 'base/5/1255.gz')),
  },
  'a cut file': { says: /F is damaged/, to: async (w) => halve(await file(w, 'one', 'base/5/1255.gz')) },
  'a file in the place of another': {
    says: /F is damaged: .*checksum invalid: 1/,
    to: async (w) => cp(await file(w, 'one', 'base/5/1249.gz'), await file(w, 'one', 'base/5/1255.gz')),
  },
  'a flipped byte in the manifest': {
    says: /I: pgBackRest has it no more, or its manifest is missing or unreadable|I is damaged/,
    to: async (w) => both(w, (path) => flipByte(path, 4000)),
  },
  'a missing manifest': {
    says: /I: pgBackRest has it no more, or its manifest is missing or unreadable|I is damaged/,
    to: async (w) => both(w, (path) => rm(path)),
  },
  'a missing parent': {
    says: /F: pgBackRest has it no more|is damaged/,
    to: async (w) => rm(await w.set('one', 'a'), { recursive: true }),
  },
  'a missing segment': {
    says: /[0-9A-F]{24} of the archived log is missing/,
    to: async (w) => rm(await w.segment('two', 'a')),
  },
  'a flipped byte in the log': {
    says: /[0-9A-F]{24} of the archived log cannot be read/,
    to: async (w) => flipByte(await w.segment('two', 'a'), -100),
  },
  'a cut segment': {
    says: /[0-9A-F]{24} of the archived log cannot be read/,
    to: async (w) => halve(await w.segment('two', 'a')),
  },
  'an empty segment': {
    says: /[0-9A-F]{24} of the archived log cannot be read/,
    to: async (w) => truncate(await w.segment('two', 'a'), 0),
  },
  'a segment in the place of another': {
    says: /cannot be read: it differs from its checksum/,
    to: async (w) => cp(await w.segment('one', 'a'), await w.segment('two', 'a')),
  },
  'a changed label': {
    says: /the label of two was changed/,
    to: (w) => changeLabel(w, 'two', (text) => text.replace('"parent": "one"', '"parent": null')),
  },
  'a damaged label': { says: /two has a damaged label/, to: (w) => changeLabel(w, 'two', (text) => text.slice(0, 90)) },
  'a missing label of what it stands on': {
    says: /two is the difference to one, which is not there/,
    to: (w) => rm(join(w.vault('a'), 'labels', 'one.json')),
  },
  'a missing list of backups': {
    says: /pgBackRest has two .* no more/,
    to: async (w) => {
      for (const name of ['backup.info', 'backup.info.copy'])
        await rm(join(w.vault('a'), 'repository/backup/shop', name));
    },
  },
  'a missing key of the log': {
    says: /or backup\.info or archive\.info is missing or changed/,
    to: async (w) => {
      for (const name of ['archive.info', 'archive.info.copy'])
        await rm(join(w.vault('a'), 'repository/archive/shop', name));
    },
  },
  'the wrong key': {
    says: /it is the wrong key/,
    to: async (w) => w.secrets.set('file:a.key', '11'.repeat(32)),
  },
  'no key': { says: /leads nowhere/, to: async (w) => w.secrets.delete('file:a.key') },
};

describe.skipIf(withoutPgBackRest !== '')(`damage in a repository of pgBackRest${withoutPgBackRest}`, () => {
  it('is found by verify in words, and before a restore looks well, whatever it is', { timeout: 180_000 }, async () => {
    const world = await pgBackRestBackupWorld();
    const { engine } = world;
    const order = { group: 'shop', site: 'a', epoch: 1 };
    await world.write([1, 2, 3]);
    await asked(() => engine.take({ ...order, id: 'one', kind: 'full', parent: null }));
    await world.write([4]);
    await asked(() => engine.take({ ...order, id: 'two', kind: 'incremental', parent: 'one' }));
    await world.write([5]);
    expect(await asked(() => engine.verify('shop', 'two', 'a'))).toEqual({ intact: true, problems: [] });
    const [whole, key] = [`${world.vault('a')}.whole`, world.secrets.get('file:a.key') ?? ''];
    await cp(world.vault('a'), whole, { recursive: true, preserveTimestamps: true });

    for (const [name, { says, to }] of Object.entries(damages)) {
      await to(world);
      const { intact, problems } = await asked(() => engine.verify('shop', 'two', 'a'));
      const target = { kind: 'latest' } as const;
      const restored = await asked(() =>
        engine.restore({ group: 'shop', site: 'a', backup: 'two', branch: '1', scratch: 'scratch', target }),
      ).catch((thrown: Error) => thrown.name);
      expect({ name, intact, problems: problems.join('; '), restored }).toEqual({
        name,
        intact: false,
        problems: expect.stringMatching(says),
        restored: 'Pointsman.BackupUnusable',
      });
      world.secrets.set('file:a.key', key);
      await mend(world.vault('a'), whole);
    }
    expect(await asked(() => engine.verify('shop', 'two', 'a'))).toEqual({ intact: true, problems: [] });
  });
});

const file = async (world: PgBackRestBackupWorld, id: string, path: string): Promise<string> =>
  join(await world.set(id, 'a'), 'pg_data', path);

/** The manifest of `two`, which pgBackRest keeps twice: it takes one when the other is damaged. */
async function both(world: PgBackRestBackupWorld, damage: (path: string) => Promise<void>): Promise<void> {
  for (const name of ['backup.manifest', 'backup.manifest.copy']) await damage(join(await world.set('two', 'a'), name));
}

async function changeLabel(world: PgBackRestBackupWorld, id: string, change: (text: string) => string): Promise<void> {
  const path = join(world.vault('a'), 'labels', `${id}.json`);
  const text = await readFile(path, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
}

const halve = async (path: string): Promise<void> => truncate(path, Math.floor((await stat(path)).size / 2));

/** Puts back what was damaged. */
async function mend(vault: string, whole: string): Promise<void> {
  for (const entry of await readdir(whole, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(vault, from.slice(whole.length));
    const [wanted, found] = [await stat(from), await stat(to).catch(() => undefined)];
    if (Math.round(wanted.mtimeMs) !== Math.round(found?.mtimeMs ?? 0) || wanted.size !== found?.size)
      await cp(from, to, { preserveTimestamps: true });
  }
  await giveTo(await serverUser(), join(vault, 'repository'));
}

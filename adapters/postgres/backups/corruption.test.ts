import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asked } from '../../../test/support/asked.ts';
import { flipByte } from '../../../test/support/flip-byte.ts';
import { postgresBackupWorld, type PostgresBackupWorld } from '../../../test/support/postgres-backup-world.ts';

/** What is done to a vault that holds `one` and, standing on it, `two`, and what `verify` must say. */
const damages: Readonly<
  Record<string, { readonly says: RegExp; readonly to: (world: PostgresBackupWorld) => Promise<unknown> }>
> = {
  'a flipped byte in the data': {
    says: /base\.tar of two cannot be read: it was changed/,
    to: (w) => flipByte(part(w, 'two', 'base.tar'), -9000),
  },
  'a flipped byte in the data of what it stands on': {
    says: /base\.tar of one/,
    to: (w) => flipByte(part(w, 'one', 'base.tar'), 2_000_000),
  },
  'a flipped byte in the server’s manifest': {
    says: /backup_manifest of two/,
    to: (w) => flipByte(part(w, 'two', 'backup_manifest'), 4000),
  },
  'a flipped byte in the log': {
    says: /of the archived log cannot be read: it was changed/,
    to: async (w) => flipByte(await segment(w), -1000),
  },
  'a flipped byte in the label of a segment': {
    says: /of the archived log/,
    to: async (w) => flipByte(await segment(w), 30),
  },
  'a flipped byte in the wrapped key': {
    says: /manifest of two cannot be used: its data key was changed/,
    to: (w) =>
      changeManifest(w, 'two', (text) =>
        text.replace(/"sealed": "(.)/, (_, first: string) => `"sealed": "${first === 'A' ? 'B' : 'A'}`),
      ),
  },
  'a changed manifest': {
    says: /manifest of two cannot be used: it was changed/,
    to: (w) => changeManifest(w, 'two', (text) => text.replace('"parent": "one"', '"parent": null')),
  },
  'a missing manifest': {
    says: /the manifest of two is missing/,
    to: (w) => rm(join(w.vault('a'), 'backups', 'two', 'manifest.json')),
  },
  'a missing part': { says: /base\.tar of two is missing/, to: (w) => rm(part(w, 'two', 'base.tar')) },
  'a cut part': {
    says: /base\.tar of two cannot be read: it .*cut short/,
    to: (w) => truncate(part(w, 'two', 'base.tar'), 700_000),
  },
  'a part cut between two chunks': {
    says: /base\.tar of two cannot be read: it .*cut short/,
    to: (w) => truncate(part(w, 'two', 'base.tar'), 20 + 262_160),
  },
  'a part of another backup in its place': {
    says: /base\.tar of two cannot be read/,
    to: (w) => cp(part(w, 'one', 'base.tar'), part(w, 'two', 'base.tar')),
  },
  'a missing segment': { says: /[0-9A-F]{24} of the archived log is missing/, to: async (w) => rm(await segment(w)) },
  'a cut segment': {
    says: /of the archived log cannot be read: it .*cut short/,
    to: async (w) => halve(await segment(w)),
  },
  'an empty segment': {
    says: /of the archived log has a damaged label/,
    to: async (w) => truncate(await segment(w), 0),
  },
  'a missing parent': {
    says: /the manifest of one is missing|one, which is not there/,
    to: (w) => rm(join(w.vault('a'), 'backups', 'one'), { recursive: true }),
  },
  'the wrong key': {
    says: /locked with the key \w{16}, and the site's key is \w{16}: the wrong key/,
    to: async (w) => w.secrets.set('file:a.key', '11'.repeat(32)),
  },
  'no key': { says: /leads nowhere/, to: async (w) => w.secrets.delete('file:a.key') },
};

describe('damage in a vault', () => {
  it('is found by verify in words, and before a restore looks well, whatever it is', { timeout: 120_000 }, async () => {
    const world = await postgresBackupWorld();
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
      const restored = await asked(() =>
        engine.restore({
          group: 'shop',
          site: 'a',
          backup: 'two',
          branch: '1',
          scratch: 'scratch',
          target: { kind: 'latest' },
        }),
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

const part = (world: PostgresBackupWorld, id: string, name: string): string =>
  join(world.vault('a'), 'backups', id, `${name}.sealed`);

/** The file of the log in which `two` begins. */
async function segment(world: PostgresBackupWorld): Promise<string> {
  const two = (await world.engine.list('shop', 'a')).find(({ id }) => id === 'two');
  const number = BigInt(two?.from.offset ?? 0) / 1_048_576n;
  const name = `${number.toString(16).toUpperCase().padStart(8, '0')}.sealed`;
  return (await world.archived('a')).find((path) => path.endsWith(name)) ?? '';
}

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
}

const halve = async (path: string): Promise<void> => truncate(path, Math.floor((await stat(path)).size / 2));

async function changeManifest(world: PostgresBackupWorld, id: string, change: (text: string) => string): Promise<void> {
  const path = join(world.vault('a'), 'backups', id, 'manifest.json');
  const text = await readFile(path, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
}

import { copyFile, link, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of an append-only log: one base at most, then changes in their order (Redis 7, multi-part AOF). */
export interface LogFile {
  readonly name: string;
  readonly kind: 'base' | 'changes';
}

const FOLDER = 'appendonlydir';
export const MANIFEST = 'appendonly.aof.manifest';
export const logFolder = (data: string): string => join(data, FOLDER);

/**
 * Whether all that a server has is in its log. It is not for a while after the log was turned on, as it is by itself behind a full copy of
 * a primary's data: until the new base is written, changes go to a file that no manifest names (aof.c, `AOF_WAIT_REWRITE`).
 */
export const isLogComplete = (data: string): Promise<boolean> =>
  stat(join(logFolder(data), 'temp-appendonly.aof.incr')).then(
    () => false,
    () => true,
  );

/** Files of the log in the folder of a manifest, in the order in which they are loaded. */
export async function logFiles(folder: string): Promise<readonly LogFile[]> {
  return readManifest(await readFile(join(folder, MANIFEST), 'utf8'));
}

/** Pure. `file NAME seq N type b|i|h`: base, increment, history that is to be deleted. */
export function readManifest(text: string): readonly LogFile[] {
  const files = text.split('\n').flatMap((line): LogFile[] => {
    const words = line.trim().split(/\s+/);
    const field = (name: string) => words[words.indexOf(name) + 1] ?? '';
    if (line.trim() === '' || line.startsWith('#') || field('type') === 'h') return [];
    return [{ name: field('file'), kind: field('type') === 'b' ? 'base' : 'changes' }];
  });
  return [...files.filter(({ kind }) => kind === 'base'), ...files.filter(({ kind }) => kind === 'changes')];
}

/** A log as it was at a moment: files, and how much of each counts. */
export interface LogCut {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Keeps the log of a server that takes no changes now under another folder, for as long as that is there: by links, so it costs nothing but
 * what the server deletes meanwhile. What is appended later is behind the cut.
 */
export async function keepLog(data: string, folder: string): Promise<LogCut> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return retried(async () => {
    const from = logFolder(data);
    await copyFile(join(from, MANIFEST), join(folder, MANIFEST));
    const files = [];
    for (const { name } of await logFiles(folder)) {
      await rm(join(folder, name), { force: true });
      await link(join(from, name), join(folder, name));
      files.push({ name, bytes: (await stat(join(folder, name))).size });
    }
    await writeFile(join(folder, 'cut.json'), JSON.stringify({ files } satisfies LogCut), { mode: 0o600 });
    return { files };
  });
}

/** The changes of a log, a server's or a kept one, file by file; of a kept one up to its cut. */
export async function readChanges(folder: string): Promise<readonly Buffer[]> {
  const cut = await readCut(folder);
  const changes = (await logFiles(folder)).filter(({ kind }) => kind === 'changes');
  return Promise.all(
    changes.map(async ({ name }) => {
      const bytes = await readFile(join(folder, name));
      return bytes.subarray(0, cut?.files.find((file) => file.name === name)?.bytes);
    }),
  );
}

/** Copies a log, a server's or a kept one, into the data folder of another server. What is behind a cut is left out. */
export async function copyLog(from: string, data: string): Promise<void> {
  const to = logFolder(data);
  await mkdir(to, { recursive: true, mode: 0o700 });
  const cut = await readCut(from);
  await retried(async () => {
    await copyFile(join(from, MANIFEST), join(to, MANIFEST));
    for (const { name } of await logFiles(to)) {
      await copyFile(join(from, name), join(to, name));
      const bytes = cut?.files.find((file) => file.name === name)?.bytes;
      if (bytes !== undefined) await truncate(join(to, name), bytes);
    }
  });
}

/** Lays a log into the data folder of a new server: an RDB file as its base, and changes behind it. */
export async function layLog(
  data: string,
  base: (path: string) => Promise<void>,
  changes: readonly Buffer[],
): Promise<void> {
  const folder = logFolder(data);
  const [baseName, changesName] = ['appendonly.aof.1.base.rdb', 'appendonly.aof.1.incr.aof'];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await base(join(folder, baseName));
  await writeFile(join(folder, changesName), Buffer.concat(changes), { mode: 0o600 });
  const manifest = `file ${baseName} seq 1 type b\nfile ${changesName} seq 1 type i\n`;
  await writeFile(join(folder, MANIFEST), manifest, { mode: 0o600 });
}

/** Where a kept log is cut; undefined for a server's own. */
export const readCut = (folder: string): Promise<LogCut | undefined> =>
  readFile(join(folder, 'cut.json'), 'utf8').then(
    (text) => JSON.parse(text) as LogCut,
    () => undefined,
  );

/** A server that rewrites its log meanwhile takes files away: the manifest is read anew then. */
async function retried<T>(copy: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await copy();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
    }
}

import {
  constants,
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { readBackupLabel, withoutIncremental } from './backup-label.ts';
import { lsnText } from './lsn.ts';

const BLOCK = 8192;
const MAGIC = 0xd3ae1f0d;
const PREFIX = 'INCREMENTAL.';

/**
 * Makes one full data folder, `into`, of a full backup and the incremental ones after it, each unpacked into a folder, oldest
 * first. Whole files are moved out of the newest folder, so `chain` is used up, all but the full one with `keepFull`. The caller makes it durable. (pg_combinebackup; src/bin/pg_combinebackup)
 * @throws Error when a folder is no difference to the one before it
 */
export async function combineBackups(
  chain: readonly string[],
  into: string,
  { keepFull = false }: { readonly keepFull?: boolean } = {},
): Promise<void> {
  const newest = chain.at(-1);
  if (newest === undefined) throw new Error('there is no backup to combine');
  await checkChain(chain);
  await mkdir(into, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(newest, { withFileTypes: true, recursive: true })) {
    const folder = entry.parentPath.slice(newest.length + 1);
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await mkdir(join(into, path), { recursive: true, mode: 0o700 });
    else if (path === 'backup_manifest')
      continue; // tells of the parts, not of the whole
    else if (entry.name.startsWith(PREFIX)) {
      await mkdir(join(into, folder), { recursive: true, mode: 0o700 });
      await reconstruct(chain, folder, entry.name.slice(PREFIX.length), join(into, folder), keepFull);
    } else {
      await mkdir(join(into, folder), { recursive: true, mode: 0o700 });
      await rename(join(newest, path), join(into, path));
    }
  }
  const label = join(into, 'backup_label');
  await writeFile(label, withoutIncremental(await readFile(label, 'utf8')));
}

async function checkChain(chain: readonly string[]): Promise<void> {
  const labels = await Promise.all(
    chain.map(async (folder) => readBackupLabel(await readFile(join(folder, 'backup_label'), 'utf8'))),
  );
  for (const [at, label] of labels.entries()) {
    const before = labels[at - 1];
    const from = label.incrementalFrom;
    if (from?.lsn !== before?.start || from?.timeline !== before?.timeline)
      throw new Error(
        `backup ${at + 1} of the chain is ${from === undefined ? 'a full one' : `the difference to one that starts at ${lsnText(from.lsn)}`}, ` +
          (before === undefined
            ? 'and a chain starts with a full one'
            : `and the one before it starts at ${lsnText(before.start)}`),
      );
  }
}

/** A place to read one block from. */
interface Source {
  readonly file: FileHandle;
  readonly offset: number;
}

async function reconstruct(
  chain: readonly string[],
  folder: string,
  name: string,
  into: string,
  keepFull: boolean,
): Promise<void> {
  const opened: FileHandle[] = [];
  try {
    const sources = new Map<number, Source>();
    let unchanged: string | undefined; // most files are
    let length: { readonly blocks: number; readonly kept: number } | undefined;
    for (const backup of chain.toReversed()) {
      const path = join(backup, folder, PREFIX + name);
      const file = await openIfThere(path);
      if (file === undefined) {
        const full = await open(join(backup, folder, name));
        opened.push(full);
        const blocks = Math.floor((await full.stat()).size / BLOCK);
        if (sources.size === 0 && blocks === length?.blocks) unchanged = join(backup, folder, name);
        for (let block = 0; block < Math.min(blocks, length?.kept ?? 0); block++)
          if (!sources.has(block)) sources.set(block, { file: full, offset: block * BLOCK });
        break;
      }
      opened.push(file);
      const changed = await readIncremental(file, path);
      length ??= { blocks: Math.max(changed.kept, ...changed.blocks.map((block) => block + 1)), kept: changed.kept };
      for (const [index, block] of changed.blocks.entries())
        if (block < length.blocks && !sources.has(block))
          sources.set(block, { file, offset: changed.data + index * BLOCK });
    }
    if (unchanged !== undefined)
      await (keepFull
        ? copyFile(unchanged, join(into, name), constants.COPYFILE_FICLONE)
        : rename(unchanged, join(into, name)));
    else await writeBlocks(join(into, name), length?.blocks ?? 0, sources);
  } finally {
    await Promise.all(opened.map((file) => file.close()));
  }
}

async function readIncremental(
  file: FileHandle,
  path: string,
): Promise<{ blocks: readonly number[]; kept: number; data: number }> {
  const head = Buffer.alloc(12);
  await file.read(head, 0, 12, 0);
  const count = head.readUInt32LE(4);
  const listEnd = 12 + 4 * count;
  const data = count === 0 ? listEnd : Math.ceil(listEnd / BLOCK) * BLOCK;
  if (head.readUInt32LE(0) !== MAGIC) throw new Error(`${path} is no incremental file`);
  const { size } = await file.stat();
  if (size !== data + count * BLOCK)
    throw new Error(`${path} has ${size} bytes; ${count} blocks make ${data + count * BLOCK}`);
  const list = Buffer.alloc(4 * count);
  await file.read(list, 0, list.length, 12);
  return {
    blocks: Array.from({ length: count }, (_, index) => list.readUInt32LE(4 * index)),
    kept: head.readUInt32LE(8),
    data,
  };
}

/** Writes runs of neighbouring blocks, at most 1 MB at a time. A block that nobody has is zeros, as in PostgreSQL's own tool. */
async function writeBlocks(path: string, blocks: number, sources: ReadonlyMap<number, Source>): Promise<void> {
  const buffer = Buffer.alloc(128 * BLOCK);
  const out = await open(path, 'wx', 0o600);
  try {
    for (let block = 0; block < blocks; ) {
      const source = sources.get(block);
      let run = 1;
      while (run < 128 && block + run < blocks && follows(source, sources.get(block + run), run)) run++;
      if (source === undefined) buffer.fill(0, 0, run * BLOCK);
      else await source.file.read(buffer, 0, run * BLOCK, source.offset);
      await out.write(buffer, 0, run * BLOCK, block * BLOCK);
      block += run;
    }
  } finally {
    await out.close();
  }
}

const follows = (first: Source | undefined, later: Source | undefined, run: number): boolean =>
  first?.file === later?.file && (first === undefined || later?.offset === first.offset + run * BLOCK);

const openIfThere = (path: string): Promise<FileHandle | undefined> =>
  open(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });

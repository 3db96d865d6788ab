import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import type { PartWriter } from './base-backup.ts';

export interface UnpackedFile {
  readonly size: number;
  readonly sha256: string;
}

export interface Unpacking extends PartWriter {
  /** Lets go of the file that is being written, when no more will come. */
  abandon(): Promise<void>;
}

/**
 * Unpacks a tar stream of a backup into an empty folder, a chunk at a time. `files` gets what each file turned out to be,
 * to be compared with the manifest. The caller makes it durable.
 */
export function unpackTar(folder: string, files: Map<string, UnpackedFile>): Unpacking {
  const opened = new Set<FileHandle>();
  let failure: Error | undefined;
  let working: Promise<void> = Promise.resolve();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      working = working
        .then(() => unpack(entry))
        .catch((thrown: unknown) => {
          failure ??= thrown as Error;
          entry.resume();
        });
    },
  });
  parser.on('error', (error: Error) => (failure ??= error));
  const ended = once(parser, 'end').catch(() => undefined);

  async function unpack(entry: ReadEntry): Promise<void> {
    if (failure !== undefined) {
      entry.resume();
      return;
    }
    const name = entry.path.replace(/\/$/, '');
    if (name.startsWith('/') || name.split('/').includes('..')) throw new Error(`a backup holds the path ${name}`);
    const path = join(folder, name);
    if (entry.type === 'Directory') {
      await mkdir(path, { recursive: true, mode: 0o700 });
      entry.resume();
    } else if (entry.type === 'SymbolicLink') {
      await symlink(entry.linkpath ?? '', path);
      entry.resume();
    } else {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'wx', 0o600);
      if (failure !== undefined) return file.close(); // given up meanwhile
      opened.add(file);
      files.set(name, await writeFile(file, entry));
      opened.delete(file);
    }
  }

  return {
    async write(chunk) {
      if (failure !== undefined) throw failure;
      // The parser keeps what it cannot hand on at once, and the chunk is only lent.
      if (!parser.write(Buffer.from(chunk))) await Promise.race([once(parser, 'drain'), ended]);
    },
    async close() {
      parser.end();
      await ended;
      await working;
      if (failure !== undefined) throw failure;
    },
    async abandon() {
      failure ??= new Error('given up');
      await Promise.all([...opened].map((file) => file.close()));
    },
  };
}

async function writeFile(file: FileHandle, entry: ReadEntry): Promise<UnpackedFile> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of entry) {
      hash.update(chunk);
      size += chunk.length;
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return { size, sha256: hash.digest('hex') };
}

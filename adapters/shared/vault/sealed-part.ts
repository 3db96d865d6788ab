import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { seal } from './sealed-stream.ts';

/** A part of a backup: `base.tar`, `backup_manifest`. */
export interface Part {
  readonly name: string;
  /** Of the part as the server sent it. */
  readonly bytes: number;
  readonly sha256: string;
}

/** Closing it tells what was written. */
export interface SealedPartWriter {
  write(chunk: Buffer): Promise<void>;
  close(): Promise<Part>;
  /** Ends it, whatever was written. Safe after closing. */
  abandon(): Promise<void>;
}

/** Seals what is written into a new file; `parts` gets it when it is closed. */
export async function sealedPart(
  path: string,
  key: Buffer,
  id: string,
  name: string,
  parts: Part[],
): Promise<SealedPartWriter> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  const { readable, writable } = new TransformStream<Buffer, Buffer>();
  const input = writable.getWriter();
  const writing = (async () => {
    try {
      for await (const chunk of seal(key, `${id} ${name}`, readable)) await file.writeFile(chunk);
      await file.datasync();
    } finally {
      await file.close();
    }
  })();
  writing.catch((thrown: unknown) => void input.abort(thrown).catch(() => undefined));
  return {
    async write(chunk) {
      hash.update(chunk);
      size += chunk.length;
      await input.write(Buffer.from(chunk)); // it is only lent
    },
    async close() {
      await input.close();
      await writing;
      const part = { name, bytes: size, sha256: hash.digest('hex') };
      parts.push(part);
      return part;
    },
    async abandon() {
      await input.abort(new Error('given up')).catch(() => undefined);
      await writing.catch(() => undefined);
    },
  };
}

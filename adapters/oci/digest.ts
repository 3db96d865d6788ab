import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../functions/ports/release.ts';

/** What is known of a blob from its bytes alone. */
export interface Measure {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** `sha256:` and 64 lower-case hexadecimal digits, the one algorithm we write and accept. */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Digest and size of bytes in memory. */
export function measureBytes(bytes: Uint8Array): Measure {
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.byteLength };
}

/** Digest and size of a file, read once. */
export async function measureFile(path: string): Promise<Measure> {
  const { through, measure } = measuring();
  await pipeline(createReadStream(path), through.resume());
  return measure();
}

/**
 * Measures bytes on their way: put `through` into a pipeline, ask `measure` once when it is over.
 * More than `limit` bytes (default: no limit) fail the pipeline.
 */
export function measuring(limit = Number.POSITIVE_INFINITY) {
  const hash = createHash('sha256');
  let size = 0;
  const through = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength;
      hash.update(chunk);
      if (size > limit) done(new Error(`more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
  return { through, measure: (): Measure => ({ digest: `sha256:${hash.digest('hex')}`, size }) };
}

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A file of the repository as it was, by how its name ends: the settings have gzip for everything that is compressed. */
export async function unpacked(path: string, bytes: Buffer): Promise<Buffer> {
  if (/\.(lz4|zst|bz2)$/.test(path)) throw new Error(`it is compressed in a manner that is not read here`);
  return path.endsWith('.gz') ? promisify<Buffer, Buffer>(gunzip)(bytes) : bytes;
}

import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { Unusable } from '../unusable.ts';

/** The first bytes of what a program packed, which no text in UTF-8 begins with. */
const FORMATS = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: promisify(gunzip) },
  { name: 'Zstandard', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: promisify(zstdDecompress) },
] as const;

/** More than this is no text that Node could hold. */
const MOST_BYTES = 512 * 2 ** 20;

/** The text of an object in UTF-8, unpacked when it is packed, without a byte order mark. @throws Unusable */
export async function unpackedText(body: Uint8Array): Promise<string> {
  const format = FORMATS.find(({ magic }) => magic.every((byte, i) => body[i] === byte));
  const bytes = format === undefined ? body : await unpacked(body, format);
  return new TextDecoder().decode(bytes);
}

async function unpacked(body: Uint8Array, { name, unpack }: (typeof FORMATS)[number]): Promise<Uint8Array> {
  try {
    return await unpack(body, { maxOutputLength: MOST_BYTES });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Unusable(`The object begins like ${name} and cannot be unpacked: ${why}`);
  }
}

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const MAGIC = Buffer.from('PMS1');
const CHUNK = 262_144;
const TAG = 16;

/**
 * Encrypts a stream in chunks of 256 KB with AES-256-GCM, each bound to its place and the last marked as such, so that a
 * changed, missing, moved or cut chunk is noticed no later than where it is read. The key is used for this stream only: it is derived from
 * `dataKey`, random salt and `name`. (Hoang, Reyhanitabar, Rogaway, Vizár: online authenticated encryption, STREAM)
 */
export async function* seal(
  dataKey: Buffer,
  name: string,
  plain: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(16);
  const key = streamKey(dataKey, salt, name);
  yield Buffer.concat([MAGIC, salt]);
  let place = 0;
  let held: Buffer | undefined; // only what follows tells whether a chunk is the last
  for await (const chunk of chunks(plain, CHUNK)) {
    if (held !== undefined) yield sealChunk(key, place++, false, held);
    held = chunk;
  }
  yield sealChunk(key, place, true, held ?? Buffer.alloc(0));
}

/** Takes `seal` back. @throws Error as soon as something is not as it was sealed; what came before that is genuine */
export async function* unseal(
  dataKey: Buffer,
  name: string,
  sealed: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  let key: Buffer | undefined;
  let place = 0;
  let held: Buffer | undefined;
  for await (const chunk of chunks(sealed, CHUNK + TAG, MAGIC.length + 16)) {
    if (key === undefined) {
      if (chunk.length < MAGIC.length + 16 || !chunk.subarray(0, MAGIC.length).equals(MAGIC))
        throw new Error('it does not begin as a sealed file does');
      key = streamKey(dataKey, chunk.subarray(MAGIC.length), name);
      continue;
    }
    if (held !== undefined) yield openChunk(key, place++, false, held);
    held = chunk;
  }
  if (key === undefined || held === undefined) throw new Error('it is cut short');
  yield openChunk(key, place, true, held);
}

const streamKey = (dataKey: Buffer, salt: Buffer, name: string): Buffer =>
  Buffer.from(hkdfSync('sha256', dataKey, salt, `pointsman sealed stream: ${name}`, 32));

function nonceOf(place: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(place, 4);
  nonce.writeUInt32BE(last ? 1 : 0, 8);
  return nonce;
}

function sealChunk(key: Buffer, place: number, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place, last));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(key: Buffer, place: number, last: boolean, sealed: Buffer): Buffer {
  const end = sealed.length - TAG;
  if (end < 0) throw new Error('it is cut short');
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(place, last), { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw new Error(`it was changed or cut short at byte ${MAGIC.length + 16 + place * (CHUNK + TAG)} or after`, {
      cause,
    });
  }
}

/** Cuts a stream anew: `first` bytes (when given), then pieces of `size`, the last one shorter. Copies what it keeps. */
async function* chunks(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
  first?: number,
): AsyncGenerator<Buffer> {
  let wanted = first ?? size;
  let piece = Buffer.allocUnsafe(wanted);
  let filled = 0;
  for await (const chunk of stream)
    for (let from = 0; from < chunk.length; ) {
      const taken = chunk.copy(piece, filled, from);
      filled += taken;
      from += taken;
      if (filled < wanted) continue;
      yield piece;
      wanted = size;
      piece = Buffer.allocUnsafe(wanted);
      filled = 0;
    }
  if (filled > 0) yield piece.subarray(0, filled);
}

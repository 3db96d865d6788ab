import { open } from 'node:fs/promises';

/** Changes one bit of a file, at a byte counted from its beginning or, when negative, from its end. */
export async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const place = at < 0 ? (await file.stat()).size + at : at;
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, place);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, place);
  } finally {
    await file.close();
  }
}

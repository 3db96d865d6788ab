import { open } from 'node:fs/promises';
import type { Position } from '../../../functions/ports/recovery/position.ts';

/**
 * Where the replication of the server that saved this RDB file had ended: the fields `repl-id` and `repl-offset` at the file's beginning.
 * Undefined without them, or without a file.
 */
export async function readRdbEnd(path: string): Promise<Position | undefined> {
  const head = Buffer.alloc(1024);
  try {
    const file = await open(path);
    try {
      await file.read(head, 0, head.length, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const fields = readAuxFields(head);
  const [branch, offset] = [fields.get('repl-id'), fields.get('repl-offset')];
  return branch === undefined || offset === undefined ? undefined : { branch, offset };
}

/** `REDIS` and four digits, then fields: opcode 0xFA, two strings (rdb.c, `rdbSaveAuxField`). Pure. */
function readAuxFields(head: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 9;
  while (head[at] === 0xfa) {
    const name = readText(head, at + 1);
    const value = readText(head, name.end);
    fields.set(name.text, value.text);
    at = value.end;
  }
  return fields;
}

/** A length in 6 or 14 bits, or a whole number in 1, 2 or 4 bytes (rdb.c, `rdbLoadLenByRef`). */
function readText(head: Buffer, at: number): { readonly text: string; readonly end: number } {
  const first = head[at] ?? 0;
  const text = (from: number, length: number) => ({
    text: head.toString('latin1', from, from + length),
    end: from + length,
  });
  if (first >> 6 === 0) return text(at + 1, first);
  if (first >> 6 === 1) return text(at + 2, ((first & 0x3f) << 8) | (head[at + 1] ?? 0));
  if (first === 0xc0) return { text: String(head.readInt8(at + 1)), end: at + 2 };
  if (first === 0xc1) return { text: String(head.readInt16LE(at + 1)), end: at + 3 };
  if (first === 0xc2) return { text: String(head.readInt32LE(at + 1)), end: at + 5 };
  throw new Error(`the RDB file has a field of an unknown kind (0x${first.toString(16)})`);
}

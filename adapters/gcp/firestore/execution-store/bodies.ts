import type { Write } from '../documents.ts';
import { paths } from './paths.ts';

/** Texts by key. */
export type Entry = readonly [key: string, text: string];

/** A document of texts, or of pieces of one: written once, never changed. */
export interface Body {
  readonly id: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** UTF-8 bytes of a body; a document takes 1,048,576 with all its names. */
export const BODY_BYTES = 700_000;

/** UTF-16 units of a piece of a longer text: each is at most three bytes. */
const PIECE_UNITS = 230_000;

export const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Texts packed into bodies in their order, the long ones in pieces. Ids begin with `token`. */
export function packed(entries: readonly Entry[], token: string): readonly Body[] {
  const bodies: { id: string; texts: Record<string, string> }[] = [];
  let free = 0;
  for (const [key, text] of entries)
    for (const piece of pieces(text)) {
      const bytes = bytesOf(piece) + bytesOf(key);
      const isContinued = bodies.at(-1)?.texts[key] !== undefined;
      if (bytes > free || isContinued) {
        bodies.push({ id: `${token}-${bodies.length}`, texts: {} });
        free = BODY_BYTES;
      }
      const last = bodies.at(-1);
      if (last !== undefined) last.texts[key] = piece;
      free -= bytes;
    }
  return bodies;
}

/** The texts of bodies, given in the order they were packed in. */
export function unpacked(bodies: readonly Body['texts'][]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const body of bodies)
    for (const [key, piece] of Object.entries(body)) texts.set(key, (texts.get(key) ?? '') + piece);
  return texts;
}

export const bodyWrite = (life: string, { id, texts }: Body): Write => ({
  kind: 'create',
  path: paths.body(life, id),
  fields: { texts },
});

function pieces(text: string): readonly string[] {
  if (bytesOf(text) <= BODY_BYTES) return [text];
  const found: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE_UNITS);
    const splitsPair = end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
    if (splitsPair) end--;
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}

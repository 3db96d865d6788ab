/** A JSON value. Engine data is never anything else: it is stored, compared and sent as it is. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object; false for null and for arrays. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own property of an object; undefined when it is missing or only inherited (`constructor`, `__proto__`). */
export const own = <T>(object: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** How deep objects and arrays may stand in one another: what AWS's JSON reader allows. Code that walks deeper could exhaust the stack. */
export const deepestNesting = 1000;

/**
 * What keeps a value from being written as so many bytes of JSON; undefined when nothing does. It stops looking as soon as it knows:
 * a value whose parts stand in it many times is small in memory, and its text may be larger than the world.
 */
export function excess(value: Json, mostBytes: number): 'size' | 'depth' | undefined {
  const room = { left: mostBytes };
  if (isDeeper(value, deepestNesting, room)) return 'depth';
  if (room.left < 0) return 'size';
  const atLeast = mostBytes - room.left;
  return MOST_PER_BYTE * atLeast > mostBytes && jsonBytes(value) > mostBytes ? 'size' : undefined;
}

/** Bytes of text for each one that `isDeeper` counts: a number, which it counts as one, has 25 with its comma at most; a character six. */
const MOST_PER_BYTE = 25;

/** Takes what the text needs at least out of the room, and looks no further when it is used up. */
function isDeeper(value: Json, levels: number, room: { left: number }): boolean {
  room.left -= typeof value === 'string' ? value.length + 2 : 1;
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (room.left < 0 || isDeeper(item, levels - 1, room)) return room.left >= 0;
    return false;
  }
  for (const [key, member] of Object.entries(value)) {
    room.left -= key.length + 3;
    if (room.left < 0 || isDeeper(member, levels - 1, room)) return room.left >= 0;
  }
  return false;
}

/** The value as a message shows it: its JSON text, unless that has more than 256 KiB. */
export const shownJson = (value: Json): string =>
  excess(value, 262_144) === undefined ? JSON.stringify(value) : 'a value of more than 262144 bytes';

/** Bytes of the value as UTF-8 JSON text, which is what Step Functions counts against 262,144. */
export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value), 'utf8');

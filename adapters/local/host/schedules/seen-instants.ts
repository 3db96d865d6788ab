import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isObject, type Json } from '../../../../engine/data/json.ts';

/** Up to which instant each schedule was looked after. It outlives the host, so that what was missed is known. */
export interface SeenInstants {
  /** Milliseconds since 1970; undefined for a schedule that is new. */
  read(schedule: string): number | undefined;
  write(schedule: string, at: number): void;
}

/** In a file. One that cannot be read is as good as none: every schedule is new then. */
export function seenInstantsIn(file: string): SeenInstants {
  let seen = readSeen(file);
  return {
    read: (schedule) => seen.get(schedule),
    write(schedule, at) {
      seen = new Map(seen).set(schedule, at);
      writeFileSync(`${file}.new`, `${JSON.stringify(Object.fromEntries(seen), null, 2)}\n`, { flush: true });
      renameSync(`${file}.new`, file);
    },
  };
}

function readSeen(file: string): ReadonlyMap<string, number> {
  if (!existsSync(file)) return new Map();
  try {
    const read: Json = JSON.parse(readFileSync(file, 'utf8'));
    const entries = isObject(read) ? Object.entries(read) : [];
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}

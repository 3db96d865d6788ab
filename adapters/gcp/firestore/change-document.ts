import type { Documents, Fields } from './documents.ts';

/** Writers that were faster, one after the other, before it is given up. */
const TRIES = 20;

/**
 * Reads a document, and writes what is made of it unless somebody else wrote it in between: then both again. `make` gives the new
 * fields, or undefined to leave it as it is; what it throws is passed on. Gives what it gave.
 */
export async function changeDocument<F extends object>(
  documents: Documents,
  path: string,
  make: (found: F | undefined) => F | undefined,
): Promise<F | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const [found] = await documents.get([path]);
    const made = make(found?.fields as F | undefined);
    if (made === undefined) return undefined;
    const fields = made as unknown as Fields;
    const write =
      found === undefined
        ? ({ kind: 'create', path, fields } as const)
        : ({
            kind: 'change',
            path,
            members: Object.entries(fields).map(([member, value]) => [[member], value] as const),
            unchangedSince: found.updatedAt,
          } as const);
    if ((await documents.write([write])) !== 'refused') return made;
  }
  throw new Error(`${path} was written by somebody else ${TRIES} times in a row`);
}

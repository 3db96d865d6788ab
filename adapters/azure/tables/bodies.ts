import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ContainerClient } from '@azure/storage-blob';
import { MOST_BYTES, type Row, type RowContent, statusOf } from './rows.ts';

/** JSON text too long for its row, with the name it gets as a blob. */
export interface Encoded {
  readonly content: RowContent;
  /** To be stored before the row that names it. */
  readonly blob: { readonly name: string; readonly bytes: Uint8Array } | undefined;
}

/** What a row names is not there any more: the row was replaced after it was read, and is to be read again. */
export class BodyReplaced extends Error {
  override readonly name = 'BodyReplaced';
}

/** A transaction has at most 4 MiB on the wire, where bytes are base64 and every row has an envelope. */
const MOST_BYTES_TOGETHER = 2.5 * 1024 * 1024;

/**
 * Texts as what rows hold: deflated, and the largest as blobs when a row or a transaction has no room for them. A blob is
 * named by its row, by `version`, which no two writes of that row share, and by its content: so it is never changed, and
 * whoever replaces the row may delete it.
 */
export function encodeBodies(
  place: { readonly partition: string; readonly version: string },
  bodies: readonly { readonly key: string; readonly text: string }[],
): readonly Encoded[] {
  const deflated = bodies.map(({ key, text }) => ({ key, bytes: deflateRawSync(text) }));
  let room = MOST_BYTES_TOGETHER;
  const inRows = new Set<string>();
  for (const { key, bytes } of deflated.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
    if (bytes.length > Math.min(room, MOST_BYTES)) break;
    room -= bytes.length;
    inRows.add(key);
  }
  return deflated.map(({ key, bytes }) => {
    if (inRows.has(key)) return { content: { facts: {}, bytes }, blob: undefined };
    const hash = createHash('sha256').update(bytes).digest('hex');
    const name = `${place.partition}/${key}/${place.version}-${hash}`;
    return { content: { facts: { blob: name }, bytes: undefined }, blob: { name, bytes } };
  });
}

export const blobOf = ({ facts }: RowContent): string | undefined =>
  facts['blob'] === undefined ? undefined : String(facts['blob']);

/** Bodies that rows have no room for. */
export interface Blobs {
  put(encoded: readonly Encoded[]): Promise<void>;
  /** The text of a row. @throws BodyReplaced */
  text(row: Row): Promise<string>;
  /** Names that are not there are ignored. */
  drop(names: readonly string[]): Promise<void>;
  dropAll(partition: string): Promise<void>;
}

/** `open` is asked when there is something to store or to read: most processes never load the client. */
export function containerBlobs(open: () => Promise<ContainerClient>): Blobs {
  const drop = async (name: string) => (await open()).getBlockBlobClient(name).deleteIfExists();
  return {
    async put(encoded) {
      for (const { blob } of encoded)
        if (blob !== undefined) await (await open()).getBlockBlobClient(blob.name).uploadData(blob.bytes);
    },
    async text(row) {
      const name = blobOf(row);
      const bytes = name === undefined ? (row.bytes ?? new Uint8Array()) : await download(await open(), name);
      return inflateRawSync(bytes).toString();
    },
    async drop(names) {
      for (const name of names) await drop(name);
    },
    async dropAll(partition) {
      const container = await open();
      for await (const { name } of container.listBlobsFlat({ prefix: `${partition}/` })) await drop(name);
    },
  };
}

async function download(container: ContainerClient, name: string): Promise<Uint8Array> {
  try {
    return await container.getBlockBlobClient(name).downloadToBuffer();
  } catch (thrown) {
    if (statusOf(thrown) === 404) throw new BodyReplaced(`the blob ${name} is not there any more`);
    throw thrown;
  }
}

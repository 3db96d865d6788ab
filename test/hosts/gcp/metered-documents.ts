import type { Documents, Write } from '../../../adapters/gcp/firestore/documents.ts';

/** What Firestore would bill, by path of the document where it is written. */
export interface Meter {
  readonly reads: number;
  readonly writes: ReadonlyMap<string, number>;
  readonly deletes: number;
  /** The largest document and commit seen, in bytes of JSON. */
  readonly largest: { readonly document: number; readonly commit: number; readonly writesInCommit: number };
}

/** Of Firestore ("Quotas and limits"). A commit's number of writes had a limit of 500 once, and is kept under it. */
const DOCUMENT_BYTES = 1_048_576;
const COMMIT_BYTES = 10_485_760;
const COMMIT_WRITES = 500;

/**
 * Counts what a bill would count (a document given is a read, and so is a question without an answer), and refuses what
 * Firestore refuses for its size, which the emulator takes.
 */
export function meteredDocuments(documents: Documents): Documents & { readonly meter: () => Meter } {
  const writes = new Map<string, number>();
  const sizes = new Map<string, number>();
  const largest = { document: 0, commit: 0, writesInCommit: 0 };
  let reads = 0;
  let deletes = 0;

  function weigh(all: readonly Write[]): void {
    const commit = all.reduce((sum, write) => sum + bytesOf(write), 0);
    largest.commit = Math.max(largest.commit, commit);
    largest.writesInCommit = Math.max(largest.writesInCommit, all.length);
    if (commit > COMMIT_BYTES || all.length > COMMIT_WRITES)
      throw new Error(`Firestore would refuse a commit of ${commit} bytes in ${all.length} writes`);
  }

  async function weighDocuments(all: readonly Write[]): Promise<void> {
    const written = all.flatMap(({ kind, path }) => (kind === 'delete' ? [] : [path]));
    for (const found of await documents.get(written)) {
      if (found === undefined) continue;
      const bytes = Buffer.byteLength(JSON.stringify(found.fields));
      sizes.set(found.path, bytes);
      largest.document = Math.max(largest.document, bytes);
      if (bytes > DOCUMENT_BYTES) throw new Error(`Firestore would refuse ${found.path}: it has ${bytes} bytes`);
    }
  }

  return {
    async get(paths) {
      reads += paths.length;
      return documents.get(paths);
    },
    async find(query) {
      const found = await documents.find(query);
      reads += Math.max(1, found.length);
      return found;
    },
    async write(all) {
      weigh(all);
      const answer = await documents.write(all);
      if (answer === 'refused') return answer;
      for (const { kind, path } of all)
        if (kind === 'delete') deletes++;
        else writes.set(path, (writes.get(path) ?? 0) + 1);
      await weighDocuments(all);
      return answer;
    },
    meter: () => ({ reads, writes: new Map(writes), deletes, largest: { ...largest } }),
  };
}

const bytesOf = (write: Write): number =>
  Buffer.byteLength(
    JSON.stringify(write.kind === 'change' ? write.members : write.kind === 'delete' ? write.path : write.fields),
  );

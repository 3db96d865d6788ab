import {
  FieldPath,
  FieldValue,
  type DocumentSnapshot,
  type Firestore,
  type Query,
  type Timestamp,
  type WriteBatch,
} from '@google-cloud/firestore';

/** What a document holds. Values are texts, numbers, booleans, null, and maps and lists of them. */
export type Fields = Readonly<Record<string, unknown>>;

export interface StoredDocument {
  readonly path: string;
  readonly fields: Fields;
  /** Changes with every write: what a later write names to be refused when another came between. */
  readonly updatedAt: Timestamp;
}

export type Write =
  /** Refused when the document is there. */
  | { readonly kind: 'create' | 'put'; readonly path: string; readonly fields: Fields }
  /** Changes the members named, each by its path; undefined removes one. Refused when it was written since. */
  | {
      readonly kind: 'change';
      readonly path: string;
      readonly members: readonly (readonly [path: readonly string[], value: unknown])[];
      readonly unchangedSince: Timestamp;
    }
  | { readonly kind: 'delete'; readonly path: string; readonly unchangedSince?: Timestamp };

/** A question that one index answers: equalities, then at most one range over the member it is ordered by. */
export interface DocumentQuery {
  readonly collection: string;
  readonly equal: Readonly<Record<string, unknown>>;
  readonly order: { readonly by: string; readonly descending: boolean };
  /** Bounds of the ordering member. */
  readonly range?: Partial<Readonly<Record<'<' | '<=' | '>' | '>=', string | number>>>;
  readonly limit: number;
}

/** Firestore as this folder uses it, in one place: what is counted for the bill, and what an index is needed for. */
export interface Documents {
  /** In the order asked for; undefined for what is not there. */
  get(paths: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  find(query: DocumentQuery): Promise<readonly StoredDocument[]>;
  /** All of it or nothing. Gives the moment it was written, or `refused` when a condition of one write did not hold. */
  write(writes: readonly Write[]): Promise<Timestamp | 'refused'>;
}

/** `ALREADY_EXISTS`, `NOT_FOUND` and `FAILED_PRECONDITION` of gRPC: a condition of a write did not hold. */
const REFUSALS: readonly unknown[] = [6, 5, 9];

export function firestoreDocuments(db: Firestore): Documents {
  return {
    async get(paths) {
      if (paths.length === 0) return [];
      const found = await db.getAll(...paths.map((path) => db.doc(path)));
      return found.map(readDocument);
    },
    async find({ collection, equal, order, range = {}, limit }) {
      let query: Query = db.collection(collection);
      for (const [member, value] of Object.entries(equal)) query = query.where(member, '==', value);
      for (const [bound, value] of Object.entries(range))
        query = query.where(order.by, bound as keyof typeof range, value);
      const { docs } = await query
        .orderBy(order.by, order.descending ? 'desc' : 'asc')
        .limit(limit)
        .get();
      return docs.flatMap((found) => readDocument(found) ?? []);
    },
    async write(writes) {
      const batch = db.batch();
      for (const write of writes) add(batch, db, write);
      try {
        const [first] = await batch.commit();
        if (first === undefined) throw new Error('Firestore was asked to write nothing');
        return first.writeTime;
      } catch (thrown) {
        if (isObjectWithCode(thrown) && REFUSALS.includes(thrown.code)) return 'refused';
        throw thrown;
      }
    },
  };
}

function add(batch: WriteBatch, db: Firestore, write: Write): void {
  const document = db.doc(write.path);
  switch (write.kind) {
    case 'create':
      batch.create(document, { ...write.fields });
      return;
    case 'put':
      batch.set(document, { ...write.fields });
      return;
    case 'change': {
      const [first, ...others] = write.members.map(
        ([path, value]) => [new FieldPath(...path), value === undefined ? FieldValue.delete() : value] as const,
      );
      if (first === undefined) throw new Error(`${write.path} was to be changed, in nothing`);
      batch.update(document, ...first, ...others.flat(), { lastUpdateTime: write.unchangedSince });
      return;
    }
    case 'delete':
      batch.delete(document, write.unchangedSince && { lastUpdateTime: write.unchangedSince });
      return;
    default:
      write satisfies never;
  }
}

function readDocument(found: DocumentSnapshot): StoredDocument | undefined {
  const [fields, updatedAt] = [found.data(), found.updateTime];
  return fields === undefined || updatedAt === undefined ? undefined : { path: found.ref.path, fields, updatedAt };
}

const isObjectWithCode = (thrown: unknown): thrown is { readonly code: unknown } =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown;

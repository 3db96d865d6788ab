import { odata, type TableClient, type TableEntityResult, type TransactionAction } from '@azure/data-tables';

/** Facts and content of a row: short texts and numbers, and at most `MOST_BYTES` in pieces. */
export interface RowContent {
  readonly facts: Readonly<Record<string, string | number>>;
  readonly bytes: Uint8Array | undefined;
}

export interface Row extends RowContent {
  readonly key: string;
  readonly etag: string;
}

export type RowWrite =
  /** `etag` must still be the row's. */
  | { readonly kind: 'replace'; readonly key: string; readonly etag: string; readonly content: RowContent }
  /** The row must not be there. */
  | { readonly kind: 'insert'; readonly key: string; readonly content: RowContent }
  | { readonly kind: 'put'; readonly key: string; readonly content: RowContent }
  /** Changes these facts and leaves the others; the row must be there. */
  | { readonly kind: 'merge'; readonly key: string; readonly etag?: string; readonly facts: RowContent['facts'] }
  | { readonly kind: 'delete'; readonly key: string };

/** Rows of one table, by partition and key. */
export interface Rows {
  get(partition: string, key: string): Promise<Row | undefined>;
  /** In the order of their keys, from `from` up to and without `to`. `where`: a filter on facts. */
  range(partition: string, range: RowRange): AsyncIterable<readonly Row[]>;
  /**
   * All of it or nothing. `conflict` when a row is not as it has to be. Gives the new ETag of the first row otherwise.
   * One transaction has at most 100 rows and 4 MiB.
   */
  write(partition: string, writes: readonly RowWrite[]): Promise<{ readonly etag: string } | 'conflict'>;
}

export interface RowRange {
  readonly from: string;
  readonly to: string;
  readonly where?: string;
}

/** A binary property has at most 64 KiB, and an entity 1 MiB: 15 of them leave room for its facts. */
const PIECE_BYTES = 64 * 1024;
export const MOST_BYTES = 15 * PIECE_BYTES;

export function tableRows(table: TableClient): Rows {
  return {
    async get(partition, key) {
      try {
        return readRow(await table.getEntity(partition, key));
      } catch (thrown) {
        if (statusOf(thrown) === 404) return undefined;
        throw thrown;
      }
    },
    async *range(partition, { from, to, where }) {
      const keys = odata`PartitionKey eq ${partition} and RowKey ge ${from} and RowKey lt ${to}`;
      const filter = where === undefined ? keys : `${keys} and (${where})`;
      for await (const page of table.listEntities({ queryOptions: { filter } }).byPage({ maxPageSize: 1000 }))
        yield page.map(readRow);
    },
    async write(partition, writes) {
      try {
        const { subResponses } = await table.submitTransaction(writes.map((write) => actionOf(partition, write)));
        return { etag: subResponses[0]?.etag ?? '' };
      } catch (thrown) {
        // 412: another ETag. 409: it is there. 404: it is not.
        if ([404, 409, 412].includes(statusOf(thrown) ?? 0)) return 'conflict';
        throw thrown;
      }
    },
  };
}

/** The HTTP status that a call of Storage failed with. */
export function statusOf(thrown: unknown): number | undefined {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

function actionOf(partitionKey: string, write: RowWrite): TransactionAction {
  const entity = { partitionKey, rowKey: write.key };
  switch (write.kind) {
    case 'insert':
      return ['create', { ...entity, ...properties(write.content) }];
    case 'put':
      return ['upsert', { ...entity, ...properties(write.content) }, 'Replace'];
    case 'replace':
      return ['update', { ...entity, ...properties(write.content) }, 'Replace', { etag: write.etag }];
    case 'merge':
      return ['update', { ...entity, ...write.facts }, 'Merge', { etag: write.etag ?? '*' }];
    case 'delete':
      return ['delete', entity];
    default:
      return write satisfies never;
  }
}

function properties({ facts, bytes }: RowContent): Record<string, string | number | Uint8Array> {
  const pieces: Record<string, Uint8Array> = {};
  for (let from = 0; from < (bytes?.length ?? 0); from += PIECE_BYTES)
    pieces[`piece${from / PIECE_BYTES}`] = bytes?.subarray(from, from + PIECE_BYTES) ?? new Uint8Array();
  return { ...facts, ...pieces };
}

const NO_FACTS = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp', 'odata.metadata']);

function readRow(entity: TableEntityResult<Record<string, unknown>>): Row {
  const facts: Record<string, string | number> = {};
  const pieces: Uint8Array[] = [];
  for (const [name, value] of Object.entries(entity)) {
    const piece = /^piece(\d+)$/.exec(name)?.[1];
    if (piece !== undefined && value instanceof Uint8Array) pieces[Number(piece)] = value;
    else if (!NO_FACTS.has(name) && (typeof value === 'string' || typeof value === 'number')) facts[name] = value;
  }
  return {
    key: String(entity.rowKey),
    etag: entity.etag,
    facts,
    bytes: pieces.length === 0 ? undefined : Buffer.concat(pieces),
  };
}

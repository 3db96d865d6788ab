import { createHash } from 'node:crypto';
import type { Effect, Frame, Head } from '../../../engine/core/execution.ts';
import type { ExecutionStatus, ExecutionSummary, MapRun, StoredExecution } from '../../../engine/runner/ports.ts';
import { blobOf, type Blobs, BodyReplaced } from './bodies.ts';
import { key, keysUnder } from './keys.ts';
import type { Row, Rows } from './rows.ts';

/**
 * What is stored of an execution beside its history: a head and pages of JSON text, rows of its partition. Every commit
 * replaces the head, so who knows the head's ETag knows what the pages are.
 */
export interface Document {
  readonly etag: string;
  readonly facts: HeadFacts;
  readonly pages: ReadonlyMap<string, Page>;
}

export interface Page {
  readonly text: string;
  /** Where the text is when its row has no room for it. */
  readonly blob: string | undefined;
}

/** The head's facts: few and short, because every commit writes them. */
export interface HeadFacts {
  readonly version: number;
  readonly status: Head['status'];
  readonly lastEventId: number;
  /** The summary's. */
  readonly executionStatus: ExecutionStatus;
  /** Effects in the outbox. */
  readonly open: number;
  /** Where it stands in the listings. */
  readonly place: string;
  /** Names the write that made this row. */
  readonly attempt: string;
  /** Set when the execution is being removed: it is not there any more, only its rows are. */
  readonly forgotten?: string;
}

/** An effect with its place in the order of all outboxes. */
export interface PlacedEffect {
  readonly place: string;
  readonly effect: Effect;
}

export const partitionOf = (arn: string): string => key('execution', arn);

export const HEAD = key('now', 'head');
export const SUMMARY = key('now', 'summary');
export const MAP_RUNS = key('now', 'map-runs');
const PAGES = keysUnder('now');
export const EFFECT_PAGES = keysUnder('now', 'effects');

/** Items and other frames, and effects, are spread over so many pages: a commit has at most 100 rows, whatever it changes. */
const [ITEM_PAGES, FRAME_PAGES, OUTBOX_PAGES] = [12, 48, 16];

/** The page of a frame. What an execution is started with is large and never changes, so it is alone. */
export function framePage(id: string): string {
  if (id === 'start' || id === 'root') return key('now', 'frames', id);
  return id.endsWith('/items')
    ? key('now', 'frames', `items-${spread(id, ITEM_PAGES)}`)
    : key('now', 'frames', `other-${spread(id, FRAME_PAGES)}`);
}

export const isFramePage = (page: string): boolean => page.startsWith(keysUnder('now', 'frames').from);

export const effectPage = (id: string): string => key('now', 'effects', spread(id, OUTBOX_PAGES));

const spread = (id: string, pages: number): string =>
  String((createHash('sha256').update(id).digest()[0] ?? 0) % pages).padStart(2, '0');

/** Undefined when the execution is not there. */
export async function readDocument(rows: Rows, blobs: Blobs, arn: string): Promise<Document | undefined> {
  return wholly(async () => {
    const partition = partitionOf(arn);
    const found: Row[] = [];
    let answers = 0;
    for await (const some of rows.range(partition, PAGES)) {
      found.push(...some);
      answers++;
    }
    const head = found.find((row) => row.key === HEAD);
    if (head === undefined) return undefined;
    // One answer shows one moment; several may be torn by a commit between them.
    if (answers > 1 && (await rows.get(partition, HEAD))?.etag !== head.etag) throw new BodyReplaced(arn);
    const pages = new Map<string, Page>();
    for (const row of found) if (row !== head) pages.set(row.key, { text: await blobs.text(row), blob: blobOf(row) });
    return { etag: head.etag, facts: readFacts(head), pages };
  });
}

/** Reads again what was replaced while it was read. */
export async function wholly<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof BodyReplaced) || tries === 10) throw thrown;
    }
}

/** Facts that this store wrote, so they are not checked again. */
export const readFacts = ({ facts }: Row): HeadFacts => facts as unknown as HeadFacts;

export function readStored({ facts, pages }: Document): StoredExecution {
  const { version, status, lastEventId } = facts;
  const frames: Record<string, Frame> = {};
  for (const [name, { text }] of pages) if (isFramePage(name)) Object.assign(frames, JSON.parse(text));
  return { summary: summaryIn(pages), version, head: { status, lastEventId }, frames };
}

type Pages = ReadonlyMap<string, Pick<Page, 'text'>>;

export const summaryIn = (pages: Pages): ExecutionSummary => readSummary(pages.get(SUMMARY)?.text ?? 'null');
export const mapRunsIn = (pages: Pages): readonly MapRun[] => JSON.parse(pages.get(MAP_RUNS)?.text ?? '[]');
export const framesIn = (pages: Pages, page: string): Record<string, Frame> =>
  JSON.parse(pages.get(page)?.text ?? '{}');
export const effectsIn = (pages: Pages, page: string): readonly PlacedEffect[] =>
  JSON.parse(pages.get(page)?.text ?? '[]');

/** With the members that JSON leaves out. */
export const readSummary = (text: string): ExecutionSummary => ({
  stoppedAt: undefined,
  output: undefined,
  error: undefined,
  cause: undefined,
  ...JSON.parse(text),
});

/** Nothing will happen to it by itself: it has ended and owes nobody anything. */
export const isSettled = ({ executionStatus, open }: HeadFacts): boolean => executionStatus !== 'RUNNING' && open === 0;

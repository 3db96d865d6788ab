import type { Commit, ExecutionSummary } from '../../../engine/runner/ports.ts';
import { encodeBodies, type Encoded } from './bodies.ts';
import {
  type Document,
  effectPage,
  effectsIn,
  framePage,
  framesIn,
  HEAD,
  type HeadFacts,
  isFramePage,
  MAP_RUNS,
  mapRunsIn,
  type Page,
  type PlacedEffect,
  SUMMARY,
} from './document.ts';
import { key, sortable } from './keys.ts';
import type { RowWrite } from './rows.ts';

/** What a commit writes: blobs first, then one transaction, whose first row is the head. */
export interface Change {
  readonly encoded: readonly Encoded[];
  readonly writes: readonly RowWrite[];
  readonly facts: HeadFacts;
  /** The pages after it. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Blobs that no row names after it. */
  readonly superseded: readonly string[];
}

interface ChangeOptions {
  readonly partition: string;
  /** What is stored; undefined before the first commit. */
  readonly before: Document | undefined;
  readonly change: Commit;
  readonly summary: ExecutionSummary;
  readonly place: string;
  readonly attempt: string;
  /** Orders what is opened here after all that was opened before. */
  readonly micros: number;
}

/** Events in one row of history: reading backwards starts so many ids ahead, because rows are named by their last event. */
export const EVENTS_IN_ROW = 2000;

export const historyKey = (lastEventId: number): string => key('past', sortable(lastEventId));

/** A commit as rows. Pure. */
export function changeOf({ partition, before, change, summary, place, attempt, micros }: ChangeOptions): Change {
  const texts = new Map<string, string | undefined>();
  const old = before?.pages ?? new Map<string, Page>();
  const opened = changeEffects(old, texts, change, micros);
  changeFrames(old, texts, change, summary.status === 'SUCCEEDED');
  changeMapRuns(old, texts, change);
  if (before === undefined || change.summary !== undefined) texts.set(SUMMARY, JSON.stringify(summary));

  const changed = texts.entries().flatMap(([page, text]) => (text === old.get(page)?.text ? [] : [{ page, text }]));
  const all = changed.toArray();
  const bodies = all.flatMap(({ page, text }) => (text === undefined ? [] : [{ key: page, text }]));
  const events = inRows(change.history).map((some) => ({
    key: historyKey(some.at(-1)?.id ?? 0),
    text: JSON.stringify(some),
  }));
  const encoded = encodeBodies({ partition, version: attempt }, [...bodies, ...events]);

  const facts: HeadFacts = {
    version: (before?.facts.version ?? 0) + 1,
    ...change.head,
    executionStatus: summary.status,
    open: (before?.facts.open ?? 0) + opened,
    place,
    attempt,
  };
  const pages = new Map(old);
  const superseded: string[] = [];
  for (const { page, text } of all) {
    const { blob } = old.get(page) ?? {};
    if (blob !== undefined) superseded.push(blob);
    const at = bodies.findIndex((body) => body.key === page);
    if (text === undefined) pages.delete(page);
    else pages.set(page, { text, blob: encoded[at]?.blob?.name });
  }
  const head = { key: HEAD, content: { facts: { ...facts }, bytes: undefined } };
  const gone = all.filter(({ page, text }) => text === undefined && old.has(page));
  return {
    encoded,
    facts,
    pages,
    superseded,
    writes: [
      before === undefined ? { kind: 'insert', ...head } : { kind: 'replace', etag: before.etag, ...head },
      ...[...bodies, ...events].map((body, i): RowWrite => {
        const { facts: own = {}, bytes } = encoded[i]?.content ?? {};
        return {
          kind: 'put',
          key: body.key,
          content: { facts: body.key === SUMMARY ? { ...own, place } : own, bytes },
        };
      }),
      ...gone.map(({ page }): RowWrite => ({ kind: 'delete', key: page })),
    ],
  };
}

type Texts = Map<string, string | undefined>;
type Pages = ReadonlyMap<string, Page>;

/** Gives how many more effects are open. */
function changeEffects(old: Pages, texts: Texts, { opened, closed }: Commit, micros: number): number {
  const pages = new Map<string, PlacedEffect[]>();
  const pageOf = (id: string) => {
    const name = effectPage(id);
    const page = pages.get(name) ?? [...effectsIn(old, name)];
    pages.set(name, page);
    return page;
  };
  let more = 0;
  const close = (id: string) => {
    const page = pageOf(id);
    const at = page.findIndex(({ effect }) => effect.id === id);
    if (at === -1) return;
    page.splice(at, 1);
    more--;
  };
  for (const id of closed) close(id);
  for (const [i, effect] of opened.entries()) {
    close(effect.id); // opened again, it is the newest
    pageOf(effect.id).push({ place: `${sortable(micros, 17)}.${sortable(i, 6)}`, effect });
    more++;
  }
  for (const [name, page] of pages) texts.set(name, page.length === 0 ? undefined : JSON.stringify(page));
  return more;
}

function changeFrames(old: Pages, texts: Texts, { frames }: Commit, succeeded: boolean): void {
  if (succeeded) {
    for (const name of old.keys()) if (isFramePage(name)) texts.set(name, undefined);
    return;
  }
  const pages = new Map<string, ReturnType<typeof framesIn>>();
  for (const [id, frame] of Object.entries(frames)) {
    const name = framePage(id);
    const page = pages.get(name) ?? framesIn(old, name);
    pages.set(name, page);
    if (frame === null) delete page[id];
    else page[id] = frame;
  }
  for (const [name, page] of pages) texts.set(name, Object.keys(page).length === 0 ? undefined : JSON.stringify(page));
}

/** In the order they were first stored. */
function changeMapRuns(old: Pages, texts: Texts, { mapRuns = [] }: Commit): void {
  if (mapRuns.length === 0) return;
  const byArn = new Map(mapRunsIn(old).map((run) => [run.arn, run]));
  for (const run of mapRuns) byArn.set(run.arn, run);
  texts.set(MAP_RUNS, JSON.stringify([...byArn.values()]));
}

function inRows(history: Commit['history']): readonly Commit['history'][] {
  const rows: Commit['history'][] = [];
  for (let from = 0; from < history.length; from += EVENTS_IN_ROW) rows.push(history.slice(from, from + EVENTS_IN_ROW));
  return rows;
}

/** @throws Error for history that does not go on where the stored one ends: a fault of the engine */
export function mustGoOn(arn: string, last: number, { history, head }: Commit): void {
  const gap = history.findIndex(({ id }, i) => id !== last + 1 + i);
  if (gap !== -1)
    throw new Error(`${arn}: event ${history[gap]?.id} where ${last + 1 + gap} belongs; nothing was stored`);
  const next = last + history.length;
  if (head.lastEventId !== next)
    throw new Error(`${arn}: its head ends at event ${head.lastEventId}, its history at ${next}; nothing was stored`);
}

import type { HistoryEvent } from '../../../../engine/core/history.ts';
import type { Effect, Frame } from '../../../../engine/core/execution.ts';
import type { ExecutionArn, ExecutionStore, ExecutionSummary, MapRun, Page } from '../../../../engine/runner/ports.ts';
import type { DocumentQuery, Documents, StoredDocument } from '../documents.ts';
import { type Body, unpacked } from './bodies.ts';
import { effectKey, type Head, isEffect, isFrame, readHead, readSummary, textKey, TEXTS } from './head.ts';
import { layoutOf, type Layouts } from './layout.ts';
import { pageToken, readPageToken } from '../../../../engine/runner/page-token.ts';
import { paths } from './paths.ts';

type ExecutionReader = Pick<
  ExecutionStore,
  'load' | 'summary' | 'history' | 'list' | 'mapRun' | 'mapRuns' | 'outbox' | 'effect'
>;

/** Executions, heads and bodies are read one after the other: a commit in between may have removed a body. */
const READS = 5;
/** Documents of one question. */
const DOCUMENTS_AT_ONCE = 300;
/** Pages of history fetched at a time. */
const PAGES_AT_ONCE = 40;

export function executionReader(documents: Documents, layouts: Layouts): ExecutionReader {
  async function headOf(arn: ExecutionArn): Promise<Head | undefined> {
    const [found] = await documents.get([paths.execution(arn)]);
    const head = found && readHead(found);
    if (head !== undefined) layouts.put(arn, layoutOf(head));
    return head;
  }

  /** The texts of entries by key, wherever they are; undefined when a body has gone meanwhile. */
  async function textsOf(
    head: Head,
    wanted: (key: string) => boolean,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const { here, away, packs } = head.state;
    const texts = new Map(Object.entries(here).filter(([key]) => wanted(key)));
    const names = new Set(Object.entries(away).flatMap(([key, pack]) => (wanted(key) ? [pack] : [])));
    for (const pack of names) {
      const found = await bodies(head.life, packs[pack] ?? []);
      if (found === undefined) return undefined;
      for (const [key, text] of unpacked(found)) if (away[key] === pack && wanted(key)) texts.set(key, text);
    }
    return texts;
  }

  async function bodies(life: string, ids: readonly string[]): Promise<readonly Body['texts'][] | undefined> {
    const found = await documents.get(ids.map((id) => paths.body(life, id)));
    const texts = found.flatMap((body) => (body === undefined ? [] : [body.fields['texts'] as Body['texts']]));
    return texts.length === ids.length ? texts : undefined;
  }

  async function read<T>(
    arn: ExecutionArn,
    wanted: (key: string) => boolean,
    make: (head: Head, texts: ReadonlyMap<string, string>) => T,
    first?: Head,
  ): Promise<T | undefined> {
    let head = first ?? (await headOf(arn));
    for (let left = READS; left > 0; left--) {
      if (head === undefined) return undefined;
      const texts = await textsOf(head, wanted);
      if (texts !== undefined) return make(head, texts);
      head = await headOf(arn);
    }
    throw new Error(`${arn} changed ${READS} times while it was read`);
  }

  const isText = (key: string): boolean => TEXTS.some((name) => key === textKey(name));
  const summaryIn = (head: Head, texts: ReadonlyMap<string, string>) => readSummary(head, (key) => texts.get(key));
  const effectIn = (text: string): [place: number, effect: Effect] => JSON.parse(text);

  async function effect(arn: ExecutionArn, id: string): Promise<[number, Effect] | undefined> {
    const key = effectKey(id);
    const text = await read(
      arn,
      (each) => each === key,
      (_, texts) => texts.get(key),
    );
    return text === undefined ? undefined : effectIn(text);
  }

  /** Places of what is open in an execution. */
  const openIn = (head: Head) =>
    read(
      head.arn,
      isEffect,
      (now, texts) => Array.from(texts.values(), (text) => ({ arn: now.arn, found: effectIn(text) })),
      head,
    );

  async function waiting(): Promise<readonly Head[]> {
    const heads: Head[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const found = await documents.find(openQuery(after));
      heads.push(...found.map(readHead));
      after = found.length < DOCUMENTS_AT_ONCE ? undefined : heads.at(-1)?.place;
    }
    return heads;
  }

  return {
    load: (arn) =>
      read(
        arn,
        () => true,
        (head, texts) => ({
          summary: summaryIn(head, texts),
          version: head.state.version,
          head: { status: head.state.status, lastEventId: head.state.lastEventId },
          frames: Object.fromEntries(
            Array.from(texts).flatMap(([key, text]): [string, Frame][] =>
              isFrame(key) ? [[key.slice(2), JSON.parse(text)]] : [],
            ),
          ),
        }),
      ),

    summary: (arn) => read(arn, isText, summaryIn),

    async history(arn, { limit, reverse, from }) {
      const listing = `${reverse ? 'reversed ' : ''}history of ${arn}`;
      const after = Number(readPageToken(listing, from, [reverse ? Number.MAX_SAFE_INTEGER : 0])[0]);
      const head = await headOf(arn);
      if (head === undefined) return { items: [], next: undefined };
      const events: HistoryEvent[] = [];
      for (let edge = after, more = true; more && events.length <= limit; ) {
        const pages = await documents.find(historyQuery(head.life, reverse, edge));
        for (const page of pages) {
          const found = await eventsIn(head.life, page);
          const fresh = found.filter(({ id }) => (reverse ? id < after : id > after));
          events.push(...(reverse ? fresh.toReversed() : fresh));
          edge = Number(page.fields[reverse ? 'first' : 'last']);
          if (events.length > limit) break;
        }
        more = pages.length === PAGES_AT_ONCE;
      }
      return pageOf(events, limit, (last) => pageToken(listing, [last.id]));
    },

    async list({ limit, from, machineArn, versionArn, aliasArn, mapRunArn, status }) {
      const asked = { machineArn, versionArn, aliasArn, mapRunArn, status };
      const wanted = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
      const listing = `executions ${JSON.stringify(wanted)}`;
      const after = String(readPageToken(listing, from, [LAST_PLACE])[0]);
      const found = (await documents.find(listQuery(wanted, after, limit + 1))).map(readHead);
      const { items, next } = pageOf(found, limit, ({ place }) => pageToken(listing, [place]));
      const summaries = await Promise.all(items.map((head) => read(head.arn, isText, summaryIn, head)));
      return {
        items: summaries.flatMap((summary): ExecutionSummary[] => (summary === undefined ? [] : [summary])),
        next,
      };
    },

    async mapRun(arn) {
      const [found] = await documents.get([paths.mapRun(arn)]);
      return found && readMapRun(found);
    },

    async mapRuns({ executionArn, limit, from }) {
      const listing = `map runs of ${executionArn}`;
      const after = Number(readPageToken(listing, from, [Number.MAX_SAFE_INTEGER])[0]);
      const found = await documents.find(mapRunQuery(executionArn, after, limit + 1));
      const { items, next } = pageOf(found, limit, ({ fields }) => pageToken(listing, [Number(fields['place'])]));
      return { items: items.map(readMapRun), next };
    },

    async *outbox(arn) {
      const only = arn === undefined ? undefined : await headOf(arn);
      const heads = arn === undefined ? await waiting() : only === undefined ? [] : [only];
      const open = (await Promise.all(heads.map(openIn))).flatMap((found) => found ?? []);
      for (const { arn: of, found } of open.sort((a, b) => a.found[0] - b.found[0])) {
        const now = await effect(of, found[1].id); // closed meanwhile, it is not performed; opened again, it is not this one
        if (now?.[0] === found[0]) yield { arn: of, effect: now[1] };
      }
    },

    effect: async (arn, id) => (await effect(arn, id))?.[1],
  };

  async function eventsIn(life: string, { fields, path }: StoredDocument): Promise<readonly HistoryEvent[]> {
    const found =
      'texts' in fields ? [fields['texts'] as Body['texts']] : await bodies(life, fields['bodies'] as string[]);
    if (found === undefined) throw new Error(`${path} names bodies that are not there`);
    return Array.from(unpacked(found).values(), (text): HistoryEvent => JSON.parse(text)).sort((a, b) => a.id - b.id);
  }
}

/** After every place in the order of a listing that begins with the newest. */
const LAST_PLACE = '~';

// The questions, as an index has to answer each: see firestore.indexes.json.
export const openQuery = (after: string): DocumentQuery => ({
  collection: 'executions',
  equal: { waiting: true },
  order: { by: 'place', descending: false },
  range: { '>': after },
  limit: DOCUMENTS_AT_ONCE,
});

export const listQuery = (equal: Readonly<Record<string, unknown>>, before: string, limit: number): DocumentQuery => ({
  collection: 'executions',
  equal,
  order: { by: 'place', descending: true },
  range: { '<': before },
  limit,
});

const historyQuery = (life: string, reverse: boolean, edge: number): DocumentQuery => ({
  collection: paths.history(life),
  equal: {},
  order: { by: reverse ? 'first' : 'last', descending: reverse },
  range: reverse ? { '<': edge } : { '>': edge },
  limit: PAGES_AT_ONCE,
});

const mapRunQuery = (executionArn: string, before: number, limit: number): DocumentQuery => ({
  collection: 'mapRuns',
  equal: { executionArn },
  order: { by: 'place', descending: true },
  range: { '<': before },
  limit,
});

const readMapRun = ({ fields }: StoredDocument): MapRun => JSON.parse(String(fields['body']));

/** A page of `limit` items from up to one more, which only shows that there is a next page. */
export function pageOf<T>(found: readonly T[], limit: number, token: (last: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? token(last) : undefined };
}

import type { HistoryEvent } from '../../../engine/core/history.ts';
import type { ExecutionStore, ExecutionSummary, MapRun } from '../../../engine/runner/ports.ts';
import type { Blobs } from './bodies.ts';
import { EVENTS_IN_ROW, historyKey } from './change.ts';
import {
  type Document,
  EFFECT_PAGES,
  effectPage,
  HEAD,
  MAP_RUNS,
  partitionOf,
  type PlacedEffect,
  readFacts,
  readStored,
  readSummary,
  SUMMARY,
  wholly,
} from './document.ts';
import type { Listed, ListingQuery, Listings } from './listings.ts';
import { pageToken, readPageToken } from '../../../engine/runner/page-token.ts';
import type { Rows } from './rows.ts';

type ExecutionReader = Pick<
  ExecutionStore,
  'load' | 'summary' | 'history' | 'list' | 'mapRun' | 'mapRuns' | 'outbox' | 'effect'
>;

/** Summaries that a listing reads at the same time. */
const READS_AT_ONCE = 32;

/** `read` reads an execution for a commit to come. */
export function executionReader(
  rows: Rows,
  blobs: Blobs,
  listings: Listings,
  read: (arn: string) => Promise<Document | undefined>,
): ExecutionReader {
  /** The text of one page, and its row's facts. */
  async function readPage(arn: string, page: string) {
    return wholly(async () => {
      const row = await rows.get(partitionOf(arn), page);
      return row === undefined ? undefined : { text: await blobs.text(row), facts: row.facts };
    });
  }

  const jsonAt = async <T>(arn: string, page: string): Promise<readonly T[]> =>
    JSON.parse((await readPage(arn, page))?.text ?? '[]');

  async function summary(arn: string): Promise<ExecutionSummary | undefined> {
    const found = await readPage(arn, SUMMARY);
    return found && readSummary(found.text);
  }

  async function headFacts(arn: string) {
    const head = await rows.get(partitionOf(arn), HEAD);
    const facts = head && readFacts(head);
    return facts?.forgotten === undefined ? facts : undefined;
  }

  /** Events with ids from `first` to `last`, and perhaps some around them. */
  async function events(arn: string, first: number, last: number): Promise<readonly HistoryEvent[]> {
    return wholly(async () => {
      const found: HistoryEvent[] = [];
      const range = { from: historyKey(first), to: historyKey(last + EVENTS_IN_ROW) };
      for await (const some of rows.range(partitionOf(arn), range))
        for (const row of some) found.push(...(JSON.parse(await blobs.text(row)) as HistoryEvent[]));
      return found;
    });
  }

  /** Its execution's summary when the row speaks of an execution that is there, and of no other that had its name. */
  async function summaryAt({ arn, place }: Listed): Promise<ExecutionSummary | undefined> {
    const found = await readPage(arn, SUMMARY);
    return found?.facts['place'] === place ? readSummary(found.text) : undefined;
  }

  async function effectsOf(arn: string): Promise<readonly PlacedEffect[]> {
    return wholly(async () => {
      const found: PlacedEffect[] = [];
      for await (const some of rows.range(partitionOf(arn), EFFECT_PAGES))
        for (const row of some) found.push(...(JSON.parse(await blobs.text(row)) as PlacedEffect[]));
      return found;
    });
  }

  const placedEffect = async (arn: string, id: string) =>
    (await jsonAt<PlacedEffect>(arn, effectPage(id))).find(({ effect }) => effect.id === id);

  return {
    async load(arn) {
      const document = await read(arn);
      return document === undefined || document.facts.forgotten !== undefined ? undefined : readStored(document);
    },
    summary,

    async history(arn, { limit, reverse, from }) {
      const listing = `${reverse ? 'reversed ' : ''}history of ${arn}`;
      const [after = 0] = readPageToken(listing, from, [reverse ? Number.MAX_SAFE_INTEGER : 0]).map(Number);
      const newest = (await headFacts(arn))?.lastEventId ?? 0;
      const [first, last] = reverse
        ? [Math.max(1, Math.min(after - 1, newest) - limit + 1), Math.min(after - 1, newest)]
        : [after + 1, Math.min(after + limit, newest)];
      if (last < first) return { items: [], next: undefined };
      const wanted = (await events(arn, first, last)).filter(({ id }) => id >= first && id <= last);
      const isMore = reverse ? first > 1 : last < newest;
      return {
        items: reverse ? wanted.toReversed() : wanted,
        next: isMore ? pageToken(listing, [reverse ? first : last]) : undefined,
      };
    },

    async list({ limit, from, ...query }) {
      const listing = `executions ${JSON.stringify(query)}`;
      const [after = ''] = readPageToken(listing, from, ['']).map(String);
      const items: { readonly summary: ExecutionSummary; readonly place: string }[] = [];
      const atOnce = Math.min(READS_AT_ONCE, limit + 1);
      for await (const some of listings.executions({ ...query, after: after === '' ? undefined : after })) {
        for (let at = 0; at < some.length && items.length <= limit; at += atOnce) {
          const found = await Promise.all(
            some.slice(at, at + atOnce).map(async (each) => ({ summary: await summaryAt(each), place: each.place })),
          );
          for (const { summary, place } of found)
            if (summary !== undefined && fits(summary, query)) items.push({ summary, place });
        }
        if (items.length > limit) break;
      }
      const last = items.length > limit ? items[limit - 1] : undefined;
      return {
        items: items.slice(0, limit).map((item) => item.summary),
        next: last && pageToken(listing, [last.place]),
      };
    },

    async mapRun(arn) {
      const executionArn = await listings.executionOfMapRun(arn);
      if (executionArn === undefined) return undefined;
      return (await jsonAt<MapRun>(executionArn, MAP_RUNS)).find((run) => run.arn === arn);
    },

    async mapRuns({ executionArn, limit, from }) {
      const listing = `map runs of ${executionArn}`;
      const [before = 0] = readPageToken(listing, from, [Number.MAX_SAFE_INTEGER]).map(Number);
      const older = (await jsonAt<MapRun>(executionArn, MAP_RUNS)).slice(0, before);
      const first = Math.max(0, older.length - limit);
      return { items: older.slice(first).toReversed(), next: first === 0 ? undefined : pageToken(listing, [first]) };
    },

    async effect(arn, id) {
      return (await placedEffect(arn, id))?.effect;
    },

    async *outbox(arn) {
      const arns = arn === undefined ? await openExecutions() : [arn];
      const found: { readonly arn: string; readonly id: string; readonly place: string }[] = [];
      for (const each of arns)
        for (const { place, effect } of await effectsOf(each)) found.push({ arn: each, id: effect.id, place });
      found.sort((a, b) => (a.place < b.place ? -1 : 1));
      for (const { arn: each, id, place } of found) {
        const now = await placedEffect(each, id); // closed meanwhile, it is not performed
        if (now?.place === place) yield { arn: each, effect: now.effect };
      }
    },
  };

  async function openExecutions(): Promise<readonly string[]> {
    const arns: string[] = [];
    for await (const some of listings.unsettled()) for (const { arn } of some) arns.push(arn);
    return arns;
  }
}

const fits = (summary: ExecutionSummary, query: Omit<ListingQuery, 'after'>): boolean =>
  (['machineArn', 'mapRunArn', 'versionArn', 'aliasArn', 'status'] as const).every(
    (name) => query[name] === undefined || query[name] === summary[name],
  );

import { odata } from '@azure/data-tables';
import type { EpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionStatus, ExecutionSummary, MapRunArn } from '../../../engine/runner/ports.ts';
import { key, keysUnder, lastPart, sortable } from './keys.ts';
import type { Row, RowContent, Rows, RowWrite } from './rows.ts';

/**
 * Where executions are found that are not asked for by name: rows of one partition, which no transaction can join with an
 * execution's own. So they say where to look, and what is there is true. A row is written before its execution, and is
 * `open` while the execution may still change; only of one that is settled it says the status.
 */
export interface Listings {
  /** Before an execution is created, and before one that was settled goes on. */
  open(summary: ExecutionSummary, at: Position): Promise<void>;
  /** After a commit that left an execution settled. Changes nothing when a later one has opened it again. */
  settle(ended: Pick<ExecutionSummary, 'status' | 'stoppedAt'>, at: Position): Promise<void>;
  drop(place: string): Promise<void>;
  /** Newest start first, behind the place `after`; some that are not as asked may be among them. */
  executions(query: ListingQuery): AsyncIterable<readonly Listed[]>;
  /** Executions that may have something in their outbox. */
  unsettled(): AsyncIterable<readonly Listed[]>;
  /** Executions that were settled and had ended before the instant. */
  endedBefore(instant: EpochMs): AsyncIterable<readonly Listed[]>;
  putMapRun(arn: MapRunArn, executionArn: string): Promise<void>;
  executionOfMapRun(arn: MapRunArn): Promise<string | undefined>;
  dropMapRuns(arns: readonly MapRunArn[]): Promise<void>;
}

interface Position {
  readonly place: string;
  /** Of the commit that this goes with. */
  readonly version: number;
}

export interface Listed {
  readonly arn: string;
  readonly place: string;
}

export interface ListingQuery {
  readonly machineArn?: string | undefined;
  readonly mapRunArn?: string | undefined;
  readonly versionArn?: string | undefined;
  readonly aliasArn?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly after: string | undefined;
}

const PARTITION = 'listings';
const OPEN = 'open';

/** From the longest listing to the shortest. */
const BY = ['machineArn', 'versionArn', 'aliasArn', 'mapRunArn'] as const;

export function tableListings(rows: Rows): Listings {
  const all = (place: string) => key('all', place);
  const unsettled = (place: string) => key('unsettled', place);
  const keysOf = (summary: ExecutionSummary, place: string): readonly string[] =>
    BY.flatMap((by) => (summary[by] === undefined ? [] : [key(by, summary[by], place)]));

  async function* listed(range: { readonly from: string; readonly to: string }, where?: string) {
    for await (const some of rows.range(PARTITION, { ...range, ...(where === undefined ? {} : { where }) }))
      yield some.map((row) => ({ arn: String(row.facts['arn']), place: lastPart(row.key) }));
  }

  return {
    async open(summary, { place, version }) {
      const { arn } = summary;
      const facts = { arn, status: OPEN, version };
      const others = keysOf(summary, place);
      const put = (each: string, more: RowContent['facts'] = {}): RowWrite => ({
        kind: 'put',
        key: each,
        content: { facts: { ...facts, ...more }, bytes: undefined },
      });
      const writes = [put(all(place), { others: others.join(' ') }), put(unsettled(place))];
      await rows.write(PARTITION, [...writes, ...others.map((each) => put(each))]);
    },
    async settle({ status, stoppedAt }, { place, version }) {
      for (;;) {
        const row = await rows.get(PARTITION, all(place));
        if (row === undefined || Number(row.facts['version']) > version || row.facts['status'] !== OPEN) return;
        const facts = { status, version };
        const stopped = sortable(stoppedAt ?? 0, 13);
        const written = await rows.write(PARTITION, [
          { kind: 'merge', key: all(place), etag: row.etag, facts: { ...facts, stopped } },
          ...othersIn(row).map((each): RowWrite => ({ kind: 'merge', key: each, facts })),
          { kind: 'delete', key: unsettled(place) },
        ]);
        if (written !== 'conflict') return;
      }
    },
    async drop(place) {
      const row = await rows.get(PARTITION, all(place));
      if (row === undefined) return;
      const keys = [all(place), ...othersIn(row), ...(row.facts['status'] === OPEN ? [unsettled(place)] : [])];
      await rows.write(
        PARTITION,
        keys.map((each) => ({ kind: 'delete', key: each })),
      );
    },
    executions({ status, after, ...wanted }) {
      const by = BY.findLast((name) => wanted[name] !== undefined);
      const parts = by === undefined ? ['all'] : [by, wanted[by] ?? ''];
      const range = keysUnder(...parts);
      const from = after === undefined ? range.from : `${key(...parts, after)} `; // a space: the first key behind it
      const where = status === undefined ? undefined : odata`status eq ${OPEN} or status eq ${status}`;
      return listed({ from, to: range.to }, where);
    },
    unsettled: () => listed(keysUnder('unsettled')),
    endedBefore: (instant) =>
      listed(keysUnder('all'), odata`status ne ${OPEN} and stopped lt ${sortable(instant, 13)}`),
    async putMapRun(arn, executionArn) {
      const content: RowContent = { facts: { arn: executionArn }, bytes: undefined };
      await rows.write(PARTITION, [{ kind: 'put', key: key('map-run', arn), content }]);
    },
    async executionOfMapRun(arn) {
      const row = await rows.get(PARTITION, key('map-run', arn));
      return row === undefined ? undefined : String(row.facts['arn']);
    },
    async dropMapRuns(arns) {
      for (const arn of arns) await rows.write(PARTITION, [{ kind: 'delete', key: key('map-run', arn) }]);
    },
  };
}

/** Keys of the execution's other rows; no key has a space. */
const othersIn = ({ facts }: Row): readonly string[] =>
  String(facts['others'] ?? '')
    .split(' ')
    .filter(Boolean);

import type { Effect, Frame, Head } from '../core/index.ts';
import type { HistoryEvent } from '../core/history.ts';
import { memoryCatalog } from './memory-catalog.ts';
import { pageOf } from './memory-page.ts';
import {
  type Commit,
  type ExecutionArn,
  type ExecutionStore,
  type ExecutionSummary,
  type MachineArn,
  type MapRun,
  type MapRunArn,
  type StoredMachine,
} from './ports.ts';

interface OutboxEntry {
  readonly arn: ExecutionArn;
  readonly effect: Effect;
}

interface Row {
  summary: ExecutionSummary;
  version: number;
  head: Head;
  readonly frames: Map<string, Frame>;
  readonly history: HistoryEvent[];
}

const FILTERS = ['machineArn', 'versionArn', 'aliasArn', 'mapRunArn', 'status'] as const;

/** Executions in memory: for tests, and for machines whose executions need not outlive the process. */
export function memoryExecutionStore(): ExecutionStore {
  const rows = new Map<ExecutionArn, Row>();
  const outbox = new Map<string, OutboxEntry>();
  const mapRuns = new Map<MapRunArn, MapRun>();
  const revisions = new Map<string, StoredMachine>();
  const newest = new Map<MachineArn, StoredMachine>();
  const deleted = new Set<MachineArn>();
  const { catalog, dropOwned } = memoryCatalog();

  function write(row: Row, change: Commit): void {
    const { arn } = row.summary;
    row.version += 1;
    row.head = change.head;
    row.summary = change.summary ?? row.summary;
    for (const [id, frame] of Object.entries(change.frames)) {
      if (frame === null) row.frames.delete(id);
      else row.frames.set(id, frame);
    }
    if (row.summary.status === 'SUCCEEDED') row.frames.clear();
    row.history.push(...change.history);
    for (const run of change.mapRuns ?? []) mapRuns.set(run.arn, run);
    for (const id of change.closed) outbox.delete(`${arn} ${id}`);
    for (const effect of change.opened) {
      outbox.delete(`${arn} ${effect.id}`); // opened again, it is the newest
      outbox.set(`${arn} ${effect.id}`, { arn, effect });
    }
  }

  return {
    async create(summary, first) {
      if (rows.has(summary.arn)) return 'exists';
      goesOn(0, first);
      const row: Row = { summary, version: 0, head: first.head, frames: new Map(), history: [] };
      rows.set(summary.arn, row);
      write(row, first);
      return 'created';
    },
    async commit(arn, expectedVersion, change) {
      const row = rows.get(arn);
      if (row === undefined || row.version !== expectedVersion) return 'conflict';
      goesOn(row.head.lastEventId, change);
      write(row, change);
      return 'committed';
    },
    async load(arn) {
      const row = rows.get(arn);
      if (row === undefined) return undefined;
      const { summary, version, head, frames } = row;
      return { summary, version, head, frames: Object.fromEntries(frames) };
    },
    summary: async (arn) => rows.get(arn)?.summary,
    async history(arn, { limit, reverse, from }) {
      const events = rows.get(arn)?.history ?? [];
      return pageOf(reverse ? events.toReversed() : events, {
        limit,
        from,
        listing: `history ${arn} ${reverse}`,
        key: ({ id }) => String(id),
      });
    },
    async list({ limit, from, ...wanted }) {
      const newestFirst = [...rows.values()]
        .map(({ summary }) => summary)
        .reverse()
        .sort((a, b) => b.startedAt - a.startedAt);
      return pageOf(newestFirst, {
        limit,
        from,
        listing: `list ${JSON.stringify(wanted)}`,
        key: ({ arn }) => arn,
        wanted: (summary) => FILTERS.every((name) => wanted[name] === undefined || wanted[name] === summary[name]),
      });
    },
    mapRun: async (arn) => mapRuns.get(arn),
    async mapRuns({ executionArn, limit, from }) {
      return pageOf([...mapRuns.values()].reverse(), {
        limit,
        from,
        listing: `map runs of ${executionArn}`,
        key: ({ arn }) => arn,
        wanted: (run) => run.executionArn === executionArn,
      });
    },
    async *outbox(arn) {
      for (const [key, entry] of outbox.entries().toArray())
        if (outbox.get(key) === entry && (arn === undefined || entry.arn === arn)) yield entry;
    },
    effect: async (arn, id) => outbox.get(`${arn} ${id}`)?.effect,
    async forget(endedBefore) {
      const open = new Set(Array.from(outbox.values(), ({ arn }) => arn));
      const old = [...rows.values()].filter(
        ({ summary: { arn, stoppedAt } }) => stoppedAt !== undefined && stoppedAt < endedBefore && !open.has(arn),
      );
      for (const { summary } of old) {
        rows.delete(summary.arn);
        for (const run of mapRuns.values()) if (run.executionArn === summary.arn) mapRuns.delete(run.arn);
      }
      return old.length;
    },
    async putMachine(machine) {
      revisions.set(`${machine.arn} ${machine.revisionId}`, machine);
      newest.set(machine.arn, machine);
      deleted.delete(machine.arn);
    },
    async deleteMachine(arn) {
      deleted.add(arn);
      dropOwned(arn);
    },
    async machine(arn, revisionId) {
      if (revisionId !== undefined) return revisions.get(`${arn} ${revisionId}`);
      return deleted.has(arn) ? undefined : newest.get(arn);
    },
    async machines({ limit, from }) {
      const byName = [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return pageOf(byName, {
        limit,
        from,
        listing: 'machines',
        key: ({ arn }) => arn,
        wanted: ({ arn }) => !deleted.has(arn),
      });
    },
    catalog,
  };
}

function goesOn(last: number, { history, head }: Commit): void {
  const fits = history.every(({ id }, i) => id === last + 1 + i) && head.lastEventId === last + history.length;
  if (!fits)
    throw new Error(
      `the history ends at event ${last}, this commit brings ${history.map(({ id }) => id).join(', ') || 'none'}`,
    );
}

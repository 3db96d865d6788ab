import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../../engine/core/execution.ts';
import { toEpochMs } from '../../../../engine/data/instant.ts';
import type { Commit, ExecutionStore, ExecutionSummary } from '../../../../engine/runner/ports.ts';
import { meteredDocuments } from '../../../../test/hosts/gcp/metered-documents.ts';
import { type DocumentQuery, type Documents, firestoreDocuments } from '../documents.ts';
import { firestoreExecutionStore } from './firestore-execution-store.ts';
import { planCommit } from './plan-commit.ts';

describe('firestoreExecutionStore', () => {
  let documents: ReturnType<typeof meteredDocuments>;
  let store: ExecutionStore;
  beforeEach(() => {
    documents = meteredDocuments(firestoreDocuments(new FirestoreMock().createDatabase().firestore()));
    store = firestoreExecutionStore(documents);
  });

  /** The store over documents that behave otherwise once. */
  const over = (change: Partial<Documents>) => firestoreExecutionStore({ ...documents, ...change });

  it('takes two writes for a step, and reads nothing when it was loaded', async () => {
    await store.create(summaryOf('a'), commitOf(1, 3, { frames: { root: frame('A') }, opened: [timer('1')] }));
    expect(documents.meter()).toMatchObject({ reads: 0, deletes: 0 });
    expect([...documents.meter().writes.values()]).toEqual([1, 1]);

    await store.load(summaryOf('a').arn);
    const change = commitOf(4, 9, { frames: { root: frame('B') }, closed: ['1'], opened: [timer('2'), timer('3')] });
    expect(await store.commit(summaryOf('a').arn, 1, change)).toBe('committed');
    expect(documents.meter()).toMatchObject({ reads: 1, deletes: 0 });
    expect([...documents.meter().writes.values()]).toEqual([2, 1, 1]);
  });

  it('reads the head once for a commit that nothing was loaded for', async () => {
    await store.create(summaryOf('a'), commitOf(1, 1));
    const other = firestoreExecutionStore(documents);

    expect(await other.commit(summaryOf('a').arn, 1, commitOf(2, 2))).toBe('committed');
    expect(documents.meter().reads).toBe(1);
  });

  it('recognises its own commit when the answer was lost and the repetition refused', async () => {
    const lost = over({
      write: async (writes) => {
        await documents.write(writes);
        return documents.write(writes);
      },
    });
    expect(await lost.create(summaryOf('a'), commitOf(1, 1))).toBe('created');
    expect(await lost.commit(summaryOf('a').arn, 1, commitOf(2, 2))).toBe('committed');
    expect((await store.load(summaryOf('a').arn))?.version).toBe(2);
  });

  it('finds a conflict with another process, and goes on after a load', async () => {
    await store.create(summaryOf('a'), commitOf(1, 1));
    const other = firestoreExecutionStore(documents);
    await other.load(summaryOf('a').arn);
    await store.commit(summaryOf('a').arn, 1, commitOf(2, 2, { frames: { root: frame('mine') } }));

    expect(await other.commit(summaryOf('a').arn, 1, commitOf(2, 2, { frames: { root: frame('other') } }))).toBe(
      'conflict',
    );
    expect((await other.load(summaryOf('a').arn))?.frames).toEqual({ root: frame('mine') });
    expect(await other.commit(summaryOf('a').arn, 2, commitOf(3, 3))).toBe('committed');
  });

  it('is one decision in a commit of 60 MB in 600 frames and 500 events', async () => {
    const text = 'x'.repeat(60_000);
    const frames = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${i}`, frame(`${i} ${text}`)]));
    const history = commitOf(2, 501).history.map((event) => ({ ...event, text }));
    const change = commitOf(2, 501, {
      frames,
      history,
      opened: Array.from({ length: 600 }, (_, i) => timer(String(i))),
    });
    await store.create(summaryOf('a'), commitOf(1, 1));
    const [, second] = await Promise.all([
      store.commit(summaryOf('a').arn, 1, change),
      firestoreExecutionStore(documents).commit(summaryOf('a').arn, 1, change),
    ]);
    expect(second).toBe('conflict');

    const loaded = await store.load(summaryOf('a').arn);
    expect(loaded?.version).toBe(2);
    expect(loaded?.frames).toEqual(frames);
    const { items } = await store.history(summaryOf('a').arn, { limit: 1000, reverse: true });
    expect(items).toEqual([...history.toReversed(), eventOf(1)]);
    const { document, commit, writesInCommit } = documents.meter().largest;
    expect(document).toBeLessThan(1_048_576);
    expect(commit).toBeLessThan(10_485_760);
    expect(writesInCommit).toBeLessThan(500);
  }, 120_000);

  it('leaves no body behind: not of entries that were replaced, nor of the writer that lost, nor of the forgotten', async () => {
    const bodies = async () => (await documents.find(everyBody(life))).length;
    const large = (text: string) => frame(text.repeat(300_000));
    await store.create(summaryOf('a'), commitOf(1, 1, { frames: { root: large('a') } }));
    const [execution] = await documents.find(everyExecution);
    const life = String(execution?.fields['life']);
    expect(await bodies()).toBe(1);
    await store.commit(summaryOf('a').arn, 1, commitOf(2, 2, { frames: { root: large('b'), side: large('c') } }));
    expect(await bodies()).toBe(2);

    const huge = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, large('d')]));
    const late = over({
      async write(writes) {
        if (writes.some(({ path }) => path.startsWith('executions/')))
          await firestoreExecutionStore(documents).commit(
            summaryOf('a').arn,
            2,
            commitOf(3, 3, { frames: { side: null } }),
          );
        return documents.write(writes);
      },
    });
    expect(await late.commit(summaryOf('a').arn, 2, commitOf(3, 3, { frames: huge }))).toBe('conflict');
    expect(await bodies()).toBe(1);

    const ended = { ...summaryOf('a'), status: 'FAILED' as const, stoppedAt: toEpochMs(1_700_000_001_000) };
    await store.commit(summaryOf('a').arn, 3, commitOf(4, 4, { summary: ended }));
    expect(await store.forget(toEpochMs(1_700_000_002_000))).toBe(1);
    expect(await bodies()).toBe(0);
    expect(await documents.find({ ...everyBody(life), collection: `records/${life}/history` })).toEqual([]);
  });

  it('removes what a crash in the middle of forgetting left', async () => {
    const ended = { ...summaryOf('a'), status: 'FAILED' as const, stoppedAt: toEpochMs(1_700_000_001_000) };
    await store.create(ended, commitOf(1, 1));
    let writes = 0;
    const dying = over({
      async write(all) {
        if (++writes > 1) throw new Error('killed');
        return documents.write(all);
      },
    });
    await expect(dying.forget(toEpochMs(1_700_000_002_000))).rejects.toThrow('killed');
    const [grave] = await documents.find({ ...everyExecution, collection: 'graves' });
    const history = { ...everyExecution, collection: `records/${String(grave?.fields['life'])}/history` };
    expect(await documents.find(history)).toHaveLength(1);

    expect(await store.create(summaryOf('a'), commitOf(1, 1))).toBe('created');
    expect(await store.forget(toEpochMs(1_700_000_002_000))).toBe(0);
    expect(await documents.find(history)).toEqual([]);
    expect(await documents.find({ ...everyExecution, collection: 'graves' })).toEqual([]);
    expect((await store.history(summaryOf('a').arn, { limit: 9, reverse: false })).items).toEqual([eventOf(1)]);
  });

  it('reads again when a body is gone that the head named', async () => {
    await store.create(summaryOf('a'), commitOf(1, 1, { frames: { root: frame('a'.repeat(100_000)) } }));
    let moved = false;
    const reader = over({
      async get(paths) {
        if (!moved && paths.some((path) => path.includes('/bodies/'))) {
          moved = true;
          await store.commit(summaryOf('a').arn, 1, commitOf(2, 2, { frames: { root: frame('new') } }));
        }
        return documents.get(paths);
      },
    });
    expect(await reader.load(summaryOf('a').arn)).toMatchObject({ version: 2, frames: { root: frame('new') } });
    expect(moved).toBe(true);
  });

  it('has room in the head for the directory of 10,000 executions of a Map Run', () => {
    let layout = {
      life: 'l',
      version: 0,
      lastEventId: 0,
      here: new Map(),
      away: new Map(),
      packs: new Map(),
      mapRuns: new Map(),
    };
    const texts = new Map<string, string>();
    for (let step = 0; step < 100; step++) {
      const ids = Array.from({ length: 100 }, (_, i) => step * 100 + i);
      const frames = Object.fromEntries(
        ids.map((index) => [`root/123.${index}`, { kind: 'child' as const, index, first: index, items: 1 }]),
      );
      const opened = ids.map((i) => timer(`child-123-${i}`)).map((effect) => ({ ...effect, frame: 'x'.repeat(600) }));
      let place = 1.7e15;
      const plan = planCommit(layout, commitOf(1, 1, { frames, opened }), undefined, {
        token: 'tttttttttttt',
        nextPlace: () => place++,
      });
      for (const [[part, key = ''], value] of plan.members) if (part === 'here') texts.set(key, String(value));
      layout = plan.after as typeof layout;
    }
    const here = [...layout.here.keys()].map((key) => [key, texts.get(key)]);
    const head = JSON.stringify([
      Object.fromEntries(here),
      Object.fromEntries(layout.away),
      Object.fromEntries(layout.packs),
    ]);
    expect(layout.here.size + layout.away.size).toBe(20_000);
    expect(head.length).toBeLessThan(1_000_000);
  });

  it('asks nothing that no index answers', async () => {
    const asked: DocumentQuery[] = [];
    const watched = over({
      find: async (query) => {
        asked.push(query);
        return documents.find(query);
      },
    });
    await watched.create(summaryOf('a'), commitOf(1, 1));
    const arn = summaryOf('a').arn;
    for (const filter of ['machineArn', 'versionArn', 'aliasArn', 'mapRunArn'] as const)
      for (const status of [{}, { status: 'RUNNING' as const }])
        await watched.list({ limit: 1, [filter]: 'x', ...status });
    await watched.list({ limit: 1 });
    await watched.list({ limit: 1, status: 'FAILED' });
    await watched.history(arn, { limit: 1, reverse: true });
    await watched.history(arn, { limit: 1, reverse: false });
    await watched.mapRuns({ executionArn: arn, limit: 1 });
    await watched.machines({ limit: 1 });
    await watched.deleteMachine('m');
    await watched.catalog.versions.list('m', { limit: 1 });
    await watched.forget(toEpochMs(1));
    for await (const _ of watched.outbox());

    expect(asked.filter((query) => !isAnswered(query))).toEqual([]);
    expect(new Set(asked.map(({ collection }) => collection.split('/').at(-1)))).toEqual(
      new Set(['executions', 'history', 'mapRuns', 'machines', 'items', 'graves']),
    );
  });
});

const indexFile = JSON.parse(readFileSync(join(import.meta.dirname, '../firestore.indexes.json'), 'utf8')) as {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order: string }[];
  }[];
};

/**
 * Firestore indexes every member by itself. A question with equalities and an order needs an index of all of them, or several
 * that share the order and have an equality each, which are merged. (Firestore guide, "Index merging")
 */
function isAnswered({ collection, equal, order }: DocumentQuery): boolean {
  const wanted = Object.keys(equal);
  if (wanted.length === 0) return true;
  const direction = order.descending ? 'DESCENDING' : 'ASCENDING';
  const fitting = indexFile.indexes
    .filter(({ collectionGroup, fields }) => collectionGroup === collection && fields.at(-1)?.fieldPath === order.by)
    .filter(({ fields }) => fields.at(-1)?.order === direction)
    .map(({ fields }) => fields.slice(0, -1).map(({ fieldPath }) => fieldPath))
    .filter((members) => members.every((member) => wanted.includes(member)));
  return wanted.every((member) => fitting.some((members) => members.includes(member)));
}

const everyExecution = {
  collection: 'executions',
  equal: {},
  order: { by: '__name__', descending: false },
  limit: 900,
};
const everyBody = (life: string) => ({ ...everyExecution, collection: `records/${life}/bodies` });

const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy';

const summaryOf = (name: string): ExecutionSummary => ({
  arn: `arn:aws:states:us-east-1:000000000000:execution:deploy:${name}`,
  machineArn,
  revisionId: '1',
  name,
  status: 'RUNNING',
  startedAt: toEpochMs(1_700_000_000_000),
  stoppedAt: undefined,
  input: '{}',
  output: undefined,
  error: undefined,
  cause: undefined,
});

const commitOf = (first: number, last: number, more: Partial<Commit> = {}): Commit => ({
  head: { status: 'RUNNING', lastEventId: last },
  frames: {},
  history: Array.from({ length: last - first + 1 }, (_, i) => eventOf(first + i)),
  opened: [],
  closed: [],
  summary: undefined,
  ...more,
});

const eventOf = (id: number) => ({
  id,
  previousEventId: id - 1,
  timestamp: toEpochMs(1_700_000_000_000 + id),
  type: 'PassStateEntered',
});

const frame = (state: string): Frame => ({ kind: 'ended', index: 0, output: { state } });

const timer = (id: string) => ({ kind: 'SetTimer', id, frame: 'root', at: toEpochMs(1_700_000_000_000) }) as const;

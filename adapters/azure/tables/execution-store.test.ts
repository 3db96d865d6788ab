import { randomBytes } from 'node:crypto';
import { RestError } from '@azure/data-tables';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Effect, Frame } from '../../../engine/core/execution.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { Commit, ExecutionStore, ExecutionSummary } from '../../../engine/runner/ports.ts';
import {
  azurite,
  type Azurite,
  type FoundStorage,
  startAzurite,
  withoutAzurite,
} from '../../../test/support/azurite.ts';
import { azureExecutionStore } from './execution-store.ts';

describe.skipIf(azurite === undefined)(`azureExecutionStore${withoutAzurite}`, () => {
  let storage: Azurite;
  let clients: FoundStorage & { readonly name: string };
  let requests: string[];
  /** Runs in place of the next answer of the table service that fits. */
  let intercept: ((request: string) => 'lost' | 'died' | undefined) | undefined;
  let store: ExecutionStore;

  const policy = {
    name: 'seen',
    async sendRequest<Request extends { readonly method: string; readonly url: string }, Response>(
      request: Request,
      next: (request: Request) => Promise<Response>,
    ): Promise<Response> {
      const shown = `${request.method} ${new URL(request.url).pathname.split('/').at(-1)?.replace(/\(.*/, '')}`;
      requests.push(shown);
      const answer = await next(request);
      const fate = intercept?.(shown);
      if (fate === 'lost') throw new RestError('the line went dead', { code: 'ECONNRESET' });
      if (fate === 'died') throw new Error('the process died');
      return answer;
    },
  };

  beforeAll(async () => {
    storage = await startAzurite(azurite ?? '');
  });
  afterAll(() => storage.stop());
  beforeEach(async () => {
    requests = [];
    intercept = undefined;
    clients = await storage.storage(policy);
    requests = [];
    store = azureExecutionStore(clients);
  });

  const rowKeys = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { rowKey } of clients.table.listEntities()) keys.push(String(rowKey));
    return keys;
  };
  const blobNames = async (): Promise<string[]> =>
    (await Array.fromAsync(clients.container.listBlobsFlat())).map(({ name }) => name);

  describe('what it asks of the service', () => {
    it('creates with two transactions, commits with one, and ends with two and a look', async () => {
      await store.create(summaryOf('a'), commitOf(1, 2, { frames: { root: frame('A') }, opened: [timer('1')] }));
      expect(requests.splice(0)).toEqual(['POST $batch', 'POST $batch']);

      await store.commit(arn('a'), 1, commitOf(3, 4, { closed: ['1'], opened: [timer('2')] }));
      expect(requests.splice(0)).toEqual(['POST $batch']);

      await store.commit(arn('a'), 2, commitOf(5, 6, { closed: ['2'], summary: ended('a') }));
      expect(requests.splice(0)).toEqual([`POST $batch`, `GET ${clients.name}`, 'POST $batch']);
    });

    it('performs an effect in a new process with two looks and one transaction', async () => {
      await store.create(summaryOf('a'), commitOf(1, 2, { opened: [timer('1')] }));
      const other = azureExecutionStore(clients);
      requests = [];

      expect(await other.effect(arn('a'), '1')).toEqual(timer('1'));
      const loaded = await other.load(arn('a'));
      await other.commit(arn('a'), loaded?.version ?? 0, commitOf(3, 3, { closed: ['1'] }));
      expect(requests).toEqual([`GET ${clients.name}`, `GET ${clients.name}`, 'POST $batch']);
    });
  });

  it('writes thousands of frames, effects and events as one transaction', async () => {
    const ids = Array.from({ length: 3000 }, (_, i) => String(i));
    const frames = Object.fromEntries(ids.map((id) => [`root/7.${id}`, frame(id)]));
    await store.create(summaryOf('a'), commitOf(1, 2));
    requests = [];
    await store.commit(arn('a'), 1, commitOf(3, 9000, { frames, opened: ids.map(timer) }));

    expect(requests).toEqual(['POST $batch']);
    expect((await store.load(arn('a')))?.frames).toEqual(frames);
    expect((await store.history(arn('a'), { limit: 2, reverse: true })).items.map(({ id }) => id)).toEqual([
      9000, 8999,
    ]);
    const back = await store.history(arn('a'), { limit: 1000, reverse: true });
    const { items } = await store.history(arn('a'), { limit: 2, reverse: true, from: back.next ?? '' });
    expect(items.map(({ id }) => id)).toEqual([8000, 7999]);
    expect(await store.effect(arn('a'), '2999')).toEqual(timer('2999'));
  });

  describe('what a row has no room for', () => {
    const large = (seed: string) => `${seed}${randomBytes(1_500_000).toString('base64')}`;

    it('goes into a blob before the commit, and leaves with what replaces it', async () => {
      const [first, second] = [large('first'), large('second')];
      await store.create(summaryOf('a'), commitOf(1, 2, { frames: { root: frame(first) } }));
      expect(await blobNames()).toHaveLength(1);
      expect((await azureExecutionStore(clients).load(arn('a')))?.frames).toEqual({ root: frame(first) });

      await store.commit(arn('a'), 1, commitOf(3, 3, { frames: { root: frame(second) } }));
      expect(await blobNames()).toHaveLength(1);
      expect((await azureExecutionStore(clients).load(arn('a')))?.frames).toEqual({ root: frame(second) });
    });

    it('is not left behind by a commit that came too late', async () => {
      await store.create(summaryOf('a'), commitOf(1, 2));
      await azureExecutionStore(clients).commit(arn('a'), 1, commitOf(3, 3));

      expect(await store.commit(arn('a'), 1, commitOf(3, 3, { frames: { root: frame(large('late')) } }))).toBe(
        'conflict',
      );
      expect(await blobNames()).toEqual([]);
    });

    it('goes into blobs too when only the transaction has no room for it', async () => {
      const parts = ['a', 'b', 'c', 'd', 'e', 'f'].map((seed) => `${seed}${randomBytes(500_000).toString('base64')}`);
      const frames = Object.fromEntries(parts.map((part, i) => [`root/7.${i}`, frame(part)]));
      await store.create(summaryOf('a'), commitOf(1, 2, { frames }));

      expect((await azureExecutionStore(clients).load(arn('a')))?.frames).toEqual(frames);
    });
  });

  it('knows its own commit again when the answer was lost and the client asked twice', async () => {
    await store.create(summaryOf('a'), commitOf(1, 2));
    let commits = 0;
    intercept = (request) => (request === 'POST $batch' && ++commits === 1 ? 'lost' : undefined);

    expect(await store.commit(arn('a'), 1, commitOf(3, 3))).toBe('committed');
    expect(commits).toBe(2);
    expect(await store.commit(arn('a'), 2, commitOf(4, 4))).toBe('committed');
  });

  describe('two processes', () => {
    it('that commit onto the same version: one of them does', async () => {
      await store.create(summaryOf('a'), commitOf(1, 2));
      const other = azureExecutionStore(clients);
      await other.load(arn('a'));
      const answers = await Promise.all([
        store.commit(arn('a'), 1, commitOf(3, 3, { frames: { root: frame('one') } })),
        other.commit(arn('a'), 1, commitOf(3, 4, { frames: { root: frame('two') } })),
      ]);

      expect(answers.toSorted()).toEqual(['committed', 'conflict']);
      const stored = await store.load(arn('a'));
      expect(stored?.head.lastEventId).toBe(answers[0] === 'committed' ? 3 : 4);
    });

    it('that create the same execution: one of them does, and the listings show it once', async () => {
      const other = azureExecutionStore(clients);
      const answers = await Promise.all([
        store.create(summaryOf('a'), commitOf(1, 2)),
        other.create(summaryOf('a'), commitOf(1, 2)),
      ]);

      expect(answers.toSorted()).toEqual(['created', 'exists']);
      expect((await store.list({ limit: 9 })).items).toHaveLength(1);
    });
  });

  describe('a process that dies', () => {
    it('between the listing and the execution leaves nothing to be seen', async () => {
      let batches = 0;
      intercept = (request) => (request === 'POST $batch' && ++batches === 1 ? 'died' : undefined);
      await expect(store.create(summaryOf('a'), commitOf(1, 2, { opened: [timer('1')] }))).rejects.toThrow('died');
      intercept = undefined;
      const other = azureExecutionStore(clients);

      expect((await other.list({ limit: 9 })).items).toEqual([]);
      expect(await Array.fromAsync(other.outbox())).toEqual([]);
      expect(await other.create(summaryOf('a'), commitOf(1, 2))).toBe('created');
    });

    it('between an end and its listing leaves it listed as it ended, and to be removed', async () => {
      await store.create(summaryOf('a'), commitOf(1, 2));
      let lookups = 0;
      intercept = (request) => (request.startsWith('GET') && ++lookups === 1 ? 'died' : undefined);
      await expect(store.commit(arn('a'), 1, commitOf(3, 3, { summary: ended('a') }))).rejects.toThrow('died');
      intercept = undefined;
      const other = azureExecutionStore(clients);

      expect((await other.list({ limit: 9, status: 'RUNNING' })).items).toEqual([]);
      expect((await other.list({ limit: 9, status: 'SUCCEEDED' })).items).toEqual([ended('a')]);
      expect(await other.forget(toEpochMs(1_800_000_000_000))).toBe(1);
    });

    it('in the middle of a removal leaves an execution that is gone, and whose name is free', async () => {
      await store.create(ended('a'), commitOf(1, 2, { summary: ended('a') }));
      let batches = 0;
      intercept = (request) => (request === 'POST $batch' && ++batches === 2 ? 'died' : undefined);
      await expect(store.forget(toEpochMs(1_800_000_000_000))).rejects.toThrow('died');
      intercept = undefined;
      const other = azureExecutionStore(clients);

      expect(await other.load(arn('a'))).toBeUndefined();
      expect((await other.history(arn('a'), { limit: 9, reverse: false })).items).toEqual([]);
      expect(await other.create(summaryOf('a'), commitOf(1, 1))).toBe('created');
      expect((await other.history(arn('a'), { limit: 9, reverse: false })).items).toHaveLength(1);
      expect((await other.list({ limit: 9 })).items).toHaveLength(1);
    });
  });

  it('leaves no row and no blob of what it forgets', async () => {
    const summary = { ...ended('a'), output: JSON.stringify(randomBytes(1_500_000).toString('base64')) };
    await store.create(summary, commitOf(1, 300, { summary }));
    expect(await blobNames()).toHaveLength(1);

    expect(await store.forget(toEpochMs(1_800_000_000_000))).toBe(1);
    expect(await rowKeys()).toEqual([]);
    expect(await blobNames()).toEqual([]);
  });

  it('keeps apart names that differ in what keys may not hold', async () => {
    const names = ['a/b', 'a=2fb', 'ü', 'u', 'x'.repeat(400), `${'x'.repeat(400)}y`];
    for (const name of names) expect(await store.create(summaryOf(name), commitOf(1, 1))).toBe('created');
    for (const name of names) expect((await store.summary(arn(name)))?.name).toBe(name);
  });
});

const arn = (name: string) => `arn:aws:states:us-east-1:000000000000:execution:deploy:${name}`;

const summaryOf = (name: string): ExecutionSummary => ({
  arn: arn(name),
  machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy',
  revisionId: '1',
  name,
  status: 'RUNNING',
  startedAt: toEpochMs(1_700_000_000_123),
  stoppedAt: undefined,
  input: '{}',
  output: undefined,
  error: undefined,
  cause: undefined,
});

const ended = (name: string): ExecutionSummary => ({
  ...summaryOf(name),
  status: 'SUCCEEDED',
  stoppedAt: toEpochMs(1_700_000_009_000),
  output: '{}',
});

const commitOf = (first: number, last: number, more: Partial<Commit> = {}): Commit => ({
  head: { status: 'RUNNING', lastEventId: last },
  frames: {},
  history: Array.from({ length: last - first + 1 }, (_, i) => ({
    id: first + i,
    previousEventId: first + i - 1,
    timestamp: toEpochMs(1_700_000_000_000),
    type: 'PassStateEntered' as const,
    stateEnteredEventDetails: { name: 'Verify', input: '{"a":1}', inputDetails: { truncated: false } },
  })),
  opened: [],
  closed: [],
  summary: undefined,
  ...more,
});

const frame = (state: string): Frame => ({ kind: 'ended', index: 0, output: { state } });
const timer = (id: string): Effect => ({ kind: 'SetTimer', id, frame: 'root', at: toEpochMs(1_700_000_000_000) });

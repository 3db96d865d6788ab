import { randomUUID } from 'node:crypto';
import type { Commit, ExecutionArn, ExecutionStore, ExecutionSummary } from '../../../engine/runner/ports.ts';
import type { Blobs } from './bodies.ts';
import { changeOf, type Change, mustGoOn } from './change.ts';
import { type Document, HEAD, isSettled, mapRunsIn, partitionOf, readDocument, summaryIn } from './document.ts';
import { executionPlace, growingMicros } from './keys.ts';
import type { Listings } from './listings.ts';
import type { Rows } from './rows.ts';

/** Documents kept, so that a commit after another needs no read. The head's ETag tells when one is out of date. */
const DOCUMENTS = 100;

export interface ExecutionWriter extends Pick<ExecutionStore, 'create' | 'commit'> {
  /** Remembers what was read, for the commit that follows. */
  read(arn: ExecutionArn): Promise<Document | undefined>;
  /** Runs work on one execution after what is under way on it here. */
  inTurn<T>(arn: ExecutionArn, work: () => Promise<T>): Promise<T>;
  /** Removes every row and blob of an execution that is marked as forgotten. */
  clear(arn: ExecutionArn, document: Document): Promise<void>;
}

export function executionWriter(rows: Rows, blobs: Blobs, listings: Listings): ExecutionWriter {
  const known = new Map<ExecutionArn, Document>();
  const turns = new Map<ExecutionArn, Promise<unknown>>();
  const micros = growingMicros();

  function remember(arn: ExecutionArn, document: Document | undefined): void {
    known.delete(arn);
    if (document === undefined || document.facts.forgotten !== undefined) return;
    known.set(arn, document);
    const [oldest] = known.keys();
    if (known.size > DOCUMENTS && oldest !== undefined) known.delete(oldest);
  }

  async function read(arn: ExecutionArn): Promise<Document | undefined> {
    const document = await readDocument(rows, blobs, arn);
    remember(arn, document);
    return document;
  }

  async function inTurn<T>(arn: ExecutionArn, work: () => Promise<T>): Promise<T> {
    const before = turns.get(arn) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(arn, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(arn) === mine) turns.delete(arn);
    }
  }

  /** Writes a change. When the answer to an earlier try was lost, the stored attempt tells that it was this one. */
  async function write(arn: ExecutionArn, { encoded, writes, facts, pages, superseded }: Change) {
    const partition = partitionOf(arn);
    await blobs.put(encoded);
    const written = await rows.write(partition, writes);
    if (written === 'conflict') {
      const now = await read(arn);
      if (now?.facts.attempt === facts.attempt) return now;
      await blobs.drop(encoded.flatMap(({ blob }) => (blob === undefined ? [] : [blob.name])));
      return 'conflict';
    }
    const document = { etag: written.etag, facts, pages };
    remember(arn, document);
    await blobs.drop(superseded);
    return document;
  }

  async function nameMapRuns(before: Document | undefined, { mapRuns = [] }: Commit): Promise<void> {
    if (mapRuns.length === 0) return;
    const old = new Set(before && mapRunsIn(before.pages).map(({ arn }) => arn));
    for (const { arn, executionArn } of mapRuns) if (!old.has(arn)) await listings.putMapRun(arn, executionArn);
  }

  async function settleIfOver({ facts, pages }: Document): Promise<void> {
    if (isSettled(facts)) await listings.settle(summaryIn(pages), facts);
  }

  async function create(summary: ExecutionSummary, first: Commit): Promise<'created' | 'exists'> {
    mustGoOn(summary.arn, 0, first);
    const partition = partitionOf(summary.arn);
    const now = micros();
    const place = executionPlace(summary.startedAt, now);
    await listings.open(summary, { place, version: 1 });
    await nameMapRuns(undefined, first);
    const options = { partition, before: undefined, change: first, summary, place, micros: now };
    const written = await write(summary.arn, changeOf({ ...options, attempt: randomUUID() }));
    if (written !== 'conflict') {
      await settleIfOver(written);
      return 'created';
    }
    const holder = await read(summary.arn);
    if (holder !== undefined && holder.facts.forgotten === undefined) {
      await listings.drop(place);
      return 'exists';
    }
    if (holder !== undefined) await clear(summary.arn, holder); // its removal was interrupted
    return create(summary, first);
  }

  async function commit(arn: ExecutionArn, expectedVersion: number, change: Commit) {
    const cached = known.get(arn);
    const before = cached?.facts.version === expectedVersion ? cached : await read(arn);
    if (before === undefined || before.facts.forgotten !== undefined) return 'conflict';
    if (before.facts.version !== expectedVersion) return 'conflict';
    mustGoOn(arn, before.facts.lastEventId, change);
    const summary = change.summary ?? summaryIn(before.pages);
    const { place } = before.facts;
    const partition = partitionOf(arn);
    const made = changeOf({ partition, before, change, summary, place, attempt: randomUUID(), micros: micros() });
    if (isSettled(before.facts) && !isSettled(made.facts))
      await listings.open(summary, { place, version: made.facts.version });
    await nameMapRuns(before, change);
    const written = await write(arn, made);
    if (written === 'conflict') return 'conflict';
    await settleIfOver(written);
    return 'committed';
  }

  async function clear(arn: ExecutionArn, document: Document): Promise<void> {
    const partition = partitionOf(arn);
    known.delete(arn);
    await listings.dropMapRuns(mapRunsIn(document.pages).map((run) => run.arn));
    for await (const some of rows.range(partition, { from: '', to: '~' })) {
      const others = some.filter((row) => row.key !== HEAD);
      for (let at = 0; at < others.length; at += 100)
        await rows.write(
          partition,
          others.slice(at, at + 100).map(({ key }) => ({ kind: 'delete', key })),
        );
    }
    await blobs.dropAll(partition);
    await rows.write(partition, [{ kind: 'delete', key: HEAD }]);
  }

  return {
    create: (summary, first) => inTurn(summary.arn, () => create(summary, first)),
    commit: (arn, expectedVersion, change) => inTurn(arn, () => commit(arn, expectedVersion, change)),
    read,
    inTurn,
    clear,
  };
}

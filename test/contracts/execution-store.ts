import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { Effect, Frame } from '../../engine/core/execution.ts';
import {
  type Commit,
  type ExecutionStore,
  type ExecutionSummary,
  InvalidPageToken,
  type MapRun,
  type Page,
  type StoredActivity,
  type StoredAlias,
  type StoredMachine,
  type StoredVersion,
} from '../../engine/runner/ports.ts';

/** An implementation under test, over data of its own. */
interface StoreUnderTest {
  readonly store: ExecutionStore;
  /** Leaves the store and opens it again over the same data. Absent where data ends with the process. */
  readonly reopen?: () => Promise<ExecutionStore>;
  readonly close: () => Promise<void>;
}

/** What every ExecutionStore does: the sentences of the port, one by one. */
export function executionStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`ExecutionStore: ${name}`, () => {
    let tested: StoreUnderTest;
    let store: ExecutionStore;
    beforeEach(async () => {
      tested = await open();
      store = tested.store;
    });
    afterEach(() => tested.close());

    const running = async (execution: string, change: Partial<Commit> = {}): Promise<ExecutionSummary> => {
      const summary = summaryOf(execution);
      expect(await store.create(summary, commitOf(1, 2, change))).toBe('created');
      return summary;
    };

    describe('create', () => {
      it('stores the first commit as version 1', async () => {
        const summary = await running('a', { frames: { root: frame('Verify') } });

        expect(await store.load(summary.arn)).toEqual({
          summary,
          version: 1,
          head: { status: 'RUNNING', lastEventId: 2 },
          frames: { root: frame('Verify') },
        });
        expect(await store.summary(summary.arn)).toEqual(summary);
      });

      it('answers `exists` for a taken ARN and writes nothing', async () => {
        const summary = await running('a', { frames: { root: frame('Verify') } });
        const second = { ...summary, input: '{"other":true}' };

        expect(await store.create(second, commitOf(1, 5, { opened: [timer('t')] }))).toBe('exists');
        expect(await store.summary(summary.arn)).toEqual(summary);
        expect((await store.load(summary.arn))?.head.lastEventId).toBe(2);
        expect(await outboxOf(store)).toEqual([]);
      });

      it('lets one of two that ask for the same ARN at the same time have it', async () => {
        const summary = summaryOf('a');
        const answers = await Promise.all([
          store.create(summary, commitOf(1, 1)),
          store.create({ ...summary, input: '{"second":1}' }, commitOf(1, 1)),
        ]);

        expect(answers).toEqual(['created', 'exists']);
        expect((await store.summary(summary.arn))?.input).toBe(summary.input);
      });

      it('takes an execution that ended with its first step', async () => {
        const summary = endedSummary('a');
        await store.create(summary, commitOf(1, 4, { summary, frames: { root: frame('Done') } }));

        expect((await store.load(summary.arn))?.frames).toEqual({});
        expect((await store.summary(summary.arn))?.status).toBe('SUCCEEDED');
      });
    });

    describe('commit', () => {
      it('writes frames, history, effects and summary together and raises the version by one', async () => {
        const { arn } = await running('a', { frames: { root: frame('Verify'), old: frame('Old') } });
        const change = commitOf(3, 4, {
          frames: { root: frame('Shift'), old: null, new: frame('New') },
          opened: [timer('t')],
        });

        expect(await store.commit(arn, 1, change)).toBe('committed');
        expect(await store.load(arn)).toMatchObject({
          version: 2,
          head: { status: 'RUNNING', lastEventId: 4 },
          frames: { root: frame('Shift'), new: frame('New') },
        });
        expect(Object.keys((await store.load(arn))?.frames ?? {})).not.toContain('old');
        expect(await idsOf(store, arn)).toEqual([1, 2, 3, 4]);
        expect(await outboxOf(store)).toEqual([`${arn} t`]);
      });

      it('leaves frames alone that it does not name', async () => {
        const { arn } = await running('a', { frames: { start: frame('Start'), root: frame('Verify') } });
        await store.commit(arn, 1, commitOf(3, 3, { frames: { root: frame('Shift') } }));

        expect((await store.load(arn))?.frames).toEqual({ start: frame('Start'), root: frame('Shift') });
      });

      it('answers `conflict` for another version and writes nothing', async () => {
        const { arn } = await running('a');

        expect(await store.commit(arn, 0, commitOf(3, 3, { opened: [timer('t')] }))).toBe('conflict');
        expect(await store.commit(arn, 2, commitOf(3, 3, { opened: [timer('t')] }))).toBe('conflict');
        expect((await store.load(arn))?.version).toBe(1);
        expect(await idsOf(store, arn)).toEqual([1, 2]);
        expect(await outboxOf(store)).toEqual([]);
      });

      it('answers `conflict` for an execution it does not have', async () => {
        expect(await store.commit(summaryOf('none').arn, 1, commitOf(1, 1))).toBe('conflict');
      });

      it('lets one of two with the same version through, and what else was asked at that moment', async () => {
        const [a, b] = [await running('a'), await running('b')];
        const answers = await Promise.all([
          store.commit(a.arn, 1, commitOf(3, 3, { frames: { root: frame('First') } })),
          store.commit(a.arn, 1, commitOf(3, 3, { frames: { root: frame('Second') } })),
          store.commit(b.arn, 1, commitOf(3, 3)),
          store.create(summaryOf('c'), commitOf(1, 1)),
        ]);

        expect(answers).toEqual(['committed', 'conflict', 'committed', 'created']);
        expect((await store.load(a.arn))?.frames).toEqual({ root: frame('First') });
        expect((await store.load(b.arn))?.version).toBe(2);
      });

      it('rejects history that does not go on where the stored one ends, and only that', async () => {
        const [a, b] = [await running('a'), await running('b')];
        const gap = store.commit(a.arn, 1, commitOf(4, 5));
        const repeated = store.commit(a.arn, 1, commitOf(2, 3));
        const headless = store.commit(a.arn, 1, { ...commitOf(3, 3), head: { status: 'RUNNING', lastEventId: 9 } });
        const good = store.commit(b.arn, 1, commitOf(3, 3));

        for (const broken of [gap, repeated, headless]) await expect(broken).rejects.toThrow(/event/);
        expect(await good).toBe('committed');
        expect((await store.load(a.arn))?.version).toBe(1);
      });

      it('removes every frame of an execution that succeeds, and keeps its summary and history', async () => {
        const { arn } = await running('a', {
          frames: { start: frame('Start'), root: frame('Verify') },
          opened: [timer('t')],
        });
        const ended = endedSummary('a');
        await store.commit(arn, 1, commitOf(3, 4, { summary: ended, frames: { root: frame('Late') }, closed: ['t'] }));

        expect((await store.load(arn))?.frames).toEqual({});
        expect(await store.summary(arn)).toEqual(ended);
        expect(await idsOf(store, arn)).toEqual([1, 2, 3, 4]);
        expect(await outboxOf(store)).toEqual([]);
      });

      it('keeps the frames of an execution that failed, and takes it up again', async () => {
        const { arn } = await running('a', { frames: { start: frame('Start'), root: frame('Verify') } });
        const failed = summaryOf('a', { status: 'FAILED', stoppedAt: toEpochMs(1_700_000_009_000), error: 'No' });
        await store.commit(arn, 1, commitOf(3, 3, { summary: failed, frames: { start: null } }));
        expect(await store.load(arn)).toMatchObject({ summary: failed, frames: { root: frame('Verify') } });

        const redriven = summaryOf('a', { redriveCount: 1, redrivenAt: toEpochMs(1_700_000_010_000) });
        await store.commit(arn, 2, commitOf(4, 4, { summary: redriven }));
        expect(await store.summary(arn)).toEqual(redriven);
        expect((await store.list({ limit: 9, status: 'RUNNING' })).items).toEqual([redriven]);
        expect((await store.load(arn))?.frames).toEqual({ root: frame('Verify') });
      });

      it('keeps an effect that the last step opened until a later commit closes it', async () => {
        const { arn } = await running('a');
        await store.commit(arn, 1, commitOf(3, 3, { summary: endedSummary('a'), opened: [timer('deliver')] }));
        expect(await outboxOf(store)).toEqual([`${arn} deliver`]);

        const nothing = { frames: {}, history: [], opened: [], summary: undefined };
        expect(
          await store.commit(arn, 2, { ...nothing, head: { status: 'RUNNING', lastEventId: 3 }, closed: ['deliver'] }),
        ).toBe('committed');
        expect(await outboxOf(store)).toEqual([]);
      });

      it('keeps 262,144 bytes of text in any script, character for character', async () => {
        const text = `"\u0000\\ü漢😀${'é'.repeat(131_060)}"`;
        const { arn } = await running('a', { frames: { root: frame(text) } });
        await store.commit(arn, 1, commitOf(3, 3, { summary: { ...endedSummary('a'), output: text } }));

        expect((await store.summary(arn))?.output).toBe(text);
      });
    });

    it('knows nothing of an execution that was never created', async () => {
      const { arn } = summaryOf('none');
      expect(await store.load(arn)).toBeUndefined();
      expect(await store.summary(arn)).toBeUndefined();
      expect(await store.history(arn, { limit: 10, reverse: false })).toEqual({ items: [], next: undefined });
    });

    describe('history', () => {
      it('gives events in id order, page by page', async () => {
        const { arn } = await running('a');
        await store.commit(arn, 1, commitOf(3, 7));

        const pages = await allPages((from) => store.history(arn, { limit: 3, reverse: false, ...from }));
        expect(pages.map((page) => page.map(({ id }) => id))).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
      });

      it('gives them from the newest back when asked in reverse', async () => {
        const { arn } = await running('a');
        await store.commit(arn, 1, commitOf(3, 4));

        const pages = await allPages((from) => store.history(arn, { limit: 2, reverse: true, ...from }));
        expect(pages.map((page) => page.map(({ id }) => id))).toEqual([
          [4, 3],
          [2, 1],
        ]);
      });

      it('gives events as they were stored', async () => {
        const { arn } = await running('a');
        const { items } = await store.history(arn, { limit: 1, reverse: false });
        expect(items).toEqual([eventOf(1)]);
      });

      it('refuses a token of another listing', async () => {
        const { arn } = await running('a');
        const { next = '' } = await store.history(arn, { limit: 1, reverse: false });

        await expect(store.history(arn, { limit: 1, reverse: true, from: next })).rejects.toThrow(InvalidPageToken);
        await expect(store.history(arn, { limit: 1, reverse: false, from: 'rubbish' })).rejects.toThrow(
          InvalidPageToken,
        );
        await expect(store.list({ limit: 1, from: next })).rejects.toThrow(InvalidPageToken);
        await expect(store.machines({ limit: 1, from: next })).rejects.toThrow(InvalidPageToken);
      });
    });

    describe('list', () => {
      it('gives the newest start first, and of the same instant the one created last', async () => {
        await store.create(summaryOf('old', { startedAt: toEpochMs(1000) }), commitOf(1, 1));
        await store.create(summaryOf('new-1', { startedAt: toEpochMs(3000) }), commitOf(1, 1));
        await store.create(summaryOf('middle', { startedAt: toEpochMs(2000) }), commitOf(1, 1));
        await store.create(summaryOf('new-2', { startedAt: toEpochMs(3000) }), commitOf(1, 1));

        const pages = await allPages((from) => store.list({ limit: 3, ...from }));
        expect(pages.map(names)).toEqual([['new-2', 'new-1', 'middle'], ['old']]);
      });

      it('narrows by machine, by status, and by both', async () => {
        const other = 'arn:aws:states:us-east-1:000000000000:stateMachine:other';
        await store.create(summaryOf('a'), commitOf(1, 1));
        await store.create(endedSummary('b'), commitOf(1, 1));
        await store.create({ ...summaryOf('c'), machineArn: other }, commitOf(1, 1));

        const listed = async (query: object) => names((await store.list({ limit: 9, ...query })).items);
        expect(await listed({})).toEqual(['c', 'b', 'a']);
        expect(await listed({ machineArn: other })).toEqual(['c']);
        expect(await listed({ status: 'RUNNING' })).toEqual(['c', 'a']);
        expect(await listed({ machineArn: machineArn, status: 'RUNNING' })).toEqual(['a']);
        expect(await listed({ machineArn: other, status: 'FAILED' })).toEqual([]);
      });

      it('narrows by the version and the alias an execution was started by', async () => {
        const [versionArn, aliasArn] = [`${machineArn}:1`, `${machineArn}:live`];
        const started = summaryOf('b', { versionArn, aliasArn });
        await store.create(summaryOf('a'), commitOf(1, 1));
        await store.create(started, commitOf(1, 1));
        await store.create(summaryOf('c', { versionArn }), commitOf(1, 1));

        expect(await store.summary(started.arn)).toEqual(started);
        const listed = async (query: object) => names((await store.list({ limit: 9, ...query })).items);
        expect(await listed({ machineArn })).toEqual(['c', 'b', 'a']);
        expect(await listed({ versionArn })).toEqual(['c', 'b']);
        expect(await listed({ aliasArn })).toEqual(['b']);
        expect(await listed({ aliasArn, status: 'FAILED' })).toEqual([]);
      });

      it('shows the status an execution has now', async () => {
        const { arn } = await running('a');
        await store.commit(arn, 1, commitOf(3, 3, { summary: endedSummary('a') }));

        expect((await store.list({ limit: 9, status: 'RUNNING' })).items).toEqual([]);
        expect((await store.list({ limit: 9, status: 'SUCCEEDED' })).items).toEqual([endedSummary('a')]);
      });

      it('goes on after the last item of a page though executions start and end meanwhile', async () => {
        for (const [i, name] of ['a', 'b', 'c', 'd'].entries())
          await store.create(summaryOf(name, { startedAt: toEpochMs(1000 + i) }), commitOf(1, 2));
        const first = await store.list({ limit: 2, status: 'RUNNING' });
        expect(names(first.items)).toEqual(['d', 'c']);

        await store.create(summaryOf('e', { startedAt: toEpochMs(5000) }), commitOf(1, 2));
        await store.commit(
          summaryOf('c').arn,
          1,
          commitOf(3, 3, { summary: { ...endedSummary('c'), startedAt: toEpochMs(1002) } }),
        );

        const { next: from = '' } = first;
        expect(names((await store.list({ limit: 2, status: 'RUNNING', from })).items)).toEqual(['b', 'a']);
      });
    });

    describe('map runs', () => {
      it('gives a Map Run as the newest commit that names it has it', async () => {
        const { arn } = await running('a', { mapRuns: [mapRunOf('a', '1'), mapRunOf('a', '2')] });
        const over: MapRun = { ...mapRunOf('a', '1'), status: 'SUCCEEDED', stoppedAt: toEpochMs(1_700_000_009_000) };
        await store.commit(arn, 1, commitOf(3, 3, { mapRuns: [over] }));
        await store.commit(arn, 2, commitOf(4, 4));

        expect(await store.mapRun(over.arn)).toEqual(over);
        expect(await store.mapRun(mapRunOf('a', '2').arn)).toEqual(mapRunOf('a', '2'));
        expect(await store.mapRun(mapRunOf('a', '3').arn)).toBeUndefined();
      });

      it('stores none with a commit that finds a conflict', async () => {
        const { arn } = await running('a');
        await store.commit(arn, 7, commitOf(3, 3, { mapRuns: [mapRunOf('a', '1')] }));

        expect(await store.mapRun(mapRunOf('a', '1').arn)).toBeUndefined();
      });

      it('lists those of an execution, newest first, page by page', async () => {
        const { arn: executionArn } = await running('a', { mapRuns: [mapRunOf('a', '1'), mapRunOf('a', '2')] });
        await running('b', { mapRuns: [mapRunOf('b', '1')] });
        await store.commit(executionArn, 1, commitOf(3, 3, { mapRuns: [mapRunOf('a', '3'), mapRunOf('a', '1')] }));

        const pages = await allPages((from) => store.mapRuns({ executionArn, limit: 2, ...from }));
        expect(pages).toEqual([[mapRunOf('a', '3'), mapRunOf('a', '2')], [mapRunOf('a', '1')]]);
        await expect(store.mapRuns({ executionArn, limit: 1, from: 'rubbish' })).rejects.toThrow(InvalidPageToken);
      });

      it('lists the executions of one, by status too', async () => {
        const { arn: mapRunArn } = mapRunOf('a', '1');
        await store.create(summaryOf('of-none'), commitOf(1, 1));
        await store.create(summaryOf('of-other', { mapRunArn: mapRunOf('a', '2').arn }), commitOf(1, 1));
        await store.create(summaryOf('runs', { mapRunArn }), commitOf(1, 1));
        await store.create({ ...endedSummary('ended'), mapRunArn }, commitOf(1, 1));

        expect(names((await store.list({ limit: 9, mapRunArn })).items)).toEqual(['ended', 'runs']);
        expect((await store.list({ limit: 9, mapRunArn, status: 'RUNNING' })).items).toEqual([
          summaryOf('runs', { mapRunArn }),
        ]);
      });
    });

    describe('forget', () => {
      const later = (name: string) => ({ ...endedSummary(name), stoppedAt: toEpochMs(1_700_000_009_001) });
      const put = (summary: ExecutionSummary, more: Partial<Commit> = {}) =>
        store.create(summary, commitOf(1, 2, { summary, ...more }));

      it('removes what ended before the instant, with its history, and gives the number', async () => {
        await put(endedSummary('a'));
        await put(endedSummary('b'));
        await put(later('c'));
        await running('d', { frames: { root: frame('Verify') } });

        expect(await store.forget(toEpochMs(1_700_000_009_001))).toBe(2);
        expect((await store.list({ limit: 10 })).items.map(({ name }) => name).toSorted()).toEqual(['c', 'd']);
        expect(await store.summary(endedSummary('a').arn)).toBeUndefined();
        expect(await store.load(endedSummary('a').arn)).toBeUndefined();
        expect((await store.history(endedSummary('a').arn, { limit: 10, reverse: false })).items).toEqual([]);
        expect((await store.history(later('c').arn, { limit: 10, reverse: false })).items).toHaveLength(2);
        expect((await store.load(summaryOf('d').arn))?.frames).toEqual({ root: frame('Verify') });
      });

      it('frees the ARNs', async () => {
        await put(endedSummary('a'));
        await store.forget(toEpochMs(1_800_000_000_000));

        await running('a');
        expect((await store.history(summaryOf('a').arn, { limit: 10, reverse: false })).items).toHaveLength(2);
      });

      it('leaves what still has something in the outbox', async () => {
        const summary = endedSummary('a');
        await put(summary, { opened: [timer('1')] });

        expect(await store.forget(toEpochMs(1_800_000_000_000))).toBe(0);
        expect(await store.summary(summary.arn)).toEqual(summary);
      });

      it('removes hundreds at once', async () => {
        const names = Array.from({ length: 205 }, (_, i) => `n${i}`);
        await Promise.all(names.map((name) => put(endedSummary(name))));

        expect(await store.forget(toEpochMs(1_800_000_000_000))).toBe(205);
        expect((await store.list({ limit: 1 })).items).toEqual([]);
      });
    });

    describe('outbox', () => {
      it('gives what is open of every execution, oldest first', async () => {
        const a = await running('a', { opened: [timer('1'), timer('2')] });
        const b = await running('b', { opened: [timer('1')] });
        await store.commit(a.arn, 1, commitOf(3, 3, { opened: [timer('3')], closed: ['1'] }));
        await store.commit(b.arn, 1, commitOf(3, 3, { opened: [timer('2')] }));

        expect(await outboxOf(store)).toEqual([`${a.arn} 2`, `${b.arn} 1`, `${a.arn} 3`, `${b.arn} 2`]);
      });

      it('gives that of one execution alone', async () => {
        const a = await running('a', { opened: [timer('1'), timer('2')] });
        await running('b', { opened: [timer('1')] });
        await store.commit(a.arn, 1, commitOf(3, 3, { opened: [timer('3')], closed: ['1'] }));

        expect(await outboxOf(store, a.arn)).toEqual([`${a.arn} 2`, `${a.arn} 3`]);
        expect(await outboxOf(store, `${a.arn}-other`)).toEqual([]);
      });

      it('gives one effect while it is open', async () => {
        const { arn } = await running('a', { opened: [timer('1'), timer('2')] });
        await store.commit(arn, 1, commitOf(3, 3, { closed: ['1'] }));

        expect(await store.effect(arn, '1')).toBeUndefined();
        expect(await store.effect(arn, '2')).toEqual(timer('2'));
        expect(await store.effect(`${arn}-other`, '2')).toBeUndefined();
      });

      it('gives effects as they were opened', async () => {
        await running('a', { opened: [timer('1')] });
        for await (const { effect } of store.outbox()) expect(effect).toEqual(timer('1'));
      });

      it('ignores the closing of an effect that is not there', async () => {
        const { arn } = await running('a', { opened: [timer('1')] });
        expect(await store.commit(arn, 1, commitOf(3, 3, { closed: ['none', '1', '1'] }))).toBe('committed');
        expect(await outboxOf(store)).toEqual([]);
      });

      it('keeps an effect that one commit closes and opens again', async () => {
        const { arn } = await running('a', { opened: [timer('1'), timer('2')] });
        await store.commit(arn, 1, commitOf(3, 3, { closed: ['1'], opened: [timer('1')] }));
        expect(await outboxOf(store)).toEqual([`${arn} 2`, `${arn} 1`]);
      });

      it('gives every one of a thousand, though the reader closes them and opens others meanwhile', async () => {
        const ids = Array.from({ length: 1000 }, (_, i) => String(i));
        const { arn } = await running('a', { opened: ids.map(timer) });
        const given: string[] = [];
        let version = 1;
        for await (const { effect } of store.outbox()) {
          given.push(effect.id);
          if (given.length % 100 === 0) {
            const nothing = { ...commitOf(3, 2), closed: given, opened: [timer(`again-${effect.id}`)] };
            expect(await store.commit(arn, version++, nothing)).toBe('committed');
          }
        }
        expect(given).toEqual(ids);
      });
    });

    describe('machines', () => {
      it('gives the newest revision, and an older one by its id', async () => {
        await store.putMachine(machineOf('deploy', '1'));
        await store.putMachine(machineOf('deploy', '2'));

        const { arn } = machineOf('deploy', '1');
        expect(await store.machine(arn)).toEqual(machineOf('deploy', '2'));
        expect(await store.machine(arn, '1')).toEqual(machineOf('deploy', '1'));
        expect(await store.machine(arn, '3')).toBeUndefined();
        expect(await store.machine(`${arn}-other`)).toBeUndefined();
      });

      it('lists the newest revisions by name, page by page', async () => {
        for (const name of ['c', 'a', 'b']) await store.putMachine(machineOf(name, '1'));
        await store.putMachine(machineOf('a', '2'));

        const pages = await allPages((from) => store.machines({ limit: 2, ...from }));
        expect(pages).toEqual([[machineOf('a', '2'), machineOf('b', '1')], [machineOf('c', '1')]]);
      });

      it('takes a deleted machine off the list and keeps its revisions', async () => {
        await store.putMachine(machineOf('a', '1'));
        await store.putMachine(machineOf('b', '1'));
        const { next: from = '' } = await store.machines({ limit: 1 });
        const { arn } = machineOf('a', '1');
        await store.deleteMachine(arn);
        await store.deleteMachine(arn);

        expect(await store.machine(arn)).toBeUndefined();
        expect(await store.machine(arn, '1')).toEqual(machineOf('a', '1'));
        expect((await store.machines({ limit: 9, from })).items).toEqual([machineOf('b', '1')]);
        expect((await store.machines({ limit: 9 })).items).toEqual([machineOf('b', '1')]);
      });

      it('gives a machine of a deleted one its name again', async () => {
        const { arn } = machineOf('a', '1');
        await store.putMachine(machineOf('a', '1'));
        await store.deleteMachine(arn);
        await store.putMachine(machineOf('a', '2'));
        expect(await store.machine(arn)).toEqual(machineOf('a', '2'));
      });
    });

    describe('catalog', () => {
      it('keeps items under their ARNs, and the last one of an ARN', async () => {
        const { versions, tags } = store.catalog;
        await versions.put(versionOf('deploy', 1));
        await tags.put({ arn: machineArn, tags: [{ key: 'a', value: '' }] });
        await tags.put({ arn: machineArn, tags: [] });

        expect(await versions.get(`${machineArn}:1`)).toEqual(versionOf('deploy', 1));
        expect(await versions.get(machineArn)).toBeUndefined();
        expect(await tags.get(machineArn)).toEqual({ arn: machineArn, tags: [] });
      });

      it('lists versions of a machine newest first, aliases and activities by name', async () => {
        const { versions, aliases, activities } = store.catalog;
        for (const number of [1, 2, 10, 9]) await versions.put(versionOf('deploy', number));
        await versions.put(versionOf('other', 1));
        for (const name of ['b', 'c', 'a']) await aliases.put(aliasOf(name));
        for (const name of ['b', 'a']) await activities.put(activityOf(name));

        const pages = await allPages((from) => versions.list(machineArn, { limit: 3, ...from }));
        expect(pages.map((page) => page.map(({ number }) => number))).toEqual([[10, 9, 2], [1]]);
        const named = await aliases.list(machineArn, { limit: 9 });
        expect(named.items).toEqual([aliasOf('a'), aliasOf('b'), aliasOf('c')]);
        expect((await activities.list('', { limit: 9 })).items).toEqual([activityOf('a'), activityOf('b')]);
      });

      it('goes on after a page whose last item was dropped, and refuses a token of another listing', async () => {
        const { versions, aliases } = store.catalog;
        for (const number of [1, 2, 3]) await versions.put(versionOf('deploy', number));
        const { next: from = '' } = await versions.list(machineArn, { limit: 2 });
        await versions.drop(`${machineArn}:2`);
        await versions.drop(`${machineArn}:2`);

        expect((await versions.list(machineArn, { limit: 2, from })).items).toEqual([versionOf('deploy', 1)]);
        await expect(aliases.list(machineArn, { limit: 2, from })).rejects.toThrow(InvalidPageToken);
        await expect(versions.list(machineArn, { limit: 2, from: 'rubbish' })).rejects.toThrow(InvalidPageToken);
      });

      it('loses what belongs to a machine with the machine', async () => {
        const { versions, aliases, activities, tags } = store.catalog;
        await store.putMachine(machineOf('deploy', '1'));
        await versions.put(versionOf('deploy', 1));
        await versions.put(versionOf('other', 1));
        await aliases.put(aliasOf('a'));
        await activities.put(activityOf('a'));
        await tags.put({ arn: machineArn, tags: [] });
        await store.deleteMachine(machineArn);

        expect((await versions.list(machineArn, { limit: 9 })).items).toEqual([]);
        expect(await aliases.get(aliasOf('a').arn)).toBeUndefined();
        expect(await tags.get(machineArn)).toBeUndefined();
        expect(await versions.get(versionOf('other', 1).arn)).toEqual(versionOf('other', 1));
        expect(await activities.get(activityOf('a').arn)).toEqual(activityOf('a'));
      });
    });

    it('has everything that was acknowledged after it was left and opened again', async ({ skip }) => {
      const { reopen } = tested;
      skip(reopen === undefined, 'its data ends with the process');
      const a = await running('a', { frames: { root: frame('Verify') }, opened: [timer('2'), timer('1')] });
      await store.commit(a.arn, 1, commitOf(3, 3, { closed: ['2'], opened: [timer('3')] }));
      await running('b');
      await store.commit(summaryOf('b').arn, 1, commitOf(3, 3, { summary: endedSummary('b') }));
      await store.putMachine(machineOf('deploy', '1'));
      await store.catalog.aliases.put(aliasOf('live'));
      const { next: from = '' } = await store.list({ limit: 1 });
      const before = await store.load(a.arn);
      store = (await reopen?.()) ?? store;

      expect(await store.load(a.arn)).toEqual(before);
      expect(await idsOf(store, a.arn)).toEqual([1, 2, 3]);
      expect(await outboxOf(store)).toEqual([`${a.arn} 1`, `${a.arn} 3`]);
      expect(await store.summary(summaryOf('b').arn)).toEqual(endedSummary('b'));
      expect((await store.list({ limit: 9, from })).items).toEqual([a]);
      expect(await store.machine(machineOf('deploy', '1').arn)).toEqual(machineOf('deploy', '1'));
      expect(await store.catalog.aliases.get(aliasOf('live').arn)).toEqual(aliasOf('live'));
      expect(await store.commit(a.arn, 2, commitOf(4, 4, { opened: [timer('4')] }))).toBe('committed');
      expect(await outboxOf(store)).toEqual([`${a.arn} 1`, `${a.arn} 3`, `${a.arn} 4`]);
    });
  });
}

const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy';

const summaryOf = (name: string, more: Partial<ExecutionSummary> = {}): ExecutionSummary => ({
  arn: `arn:aws:states:us-east-1:000000000000:execution:deploy:${name}`,
  machineArn,
  revisionId: '1',
  name,
  status: 'RUNNING',
  startedAt: toEpochMs(1_700_000_000_123),
  stoppedAt: undefined,
  input: '{ "kept": "as sent" }',
  output: undefined,
  error: undefined,
  cause: undefined,
  ...more,
});

const endedSummary = (name: string): ExecutionSummary =>
  summaryOf(name, { status: 'SUCCEEDED', stoppedAt: toEpochMs(1_700_000_009_000), output: '{"done":true}' });

/** A commit that brings events `first` to `last`. */
const commitOf = (first: number, last: number, more: Partial<Commit> = {}): Commit => ({
  head: { status: 'RUNNING', lastEventId: last },
  frames: {},
  history: Array.from({ length: last - first + 1 }, (_, i) => eventOf(first + i)),
  opened: [],
  closed: [],
  summary: undefined,
  ...more,
});

const mapRunOf = (execution: string, id: string): MapRun => ({
  arn: `arn:aws:states:us-east-1:000000000000:mapRun:deploy/each:${execution}-${id}`,
  executionArn: `arn:aws:states:us-east-1:000000000000:execution:deploy:${execution}`,
  machineArn: `${machineArn}/each`,
  status: 'RUNNING',
  startedAt: toEpochMs(1_700_000_000_123),
  stoppedAt: undefined,
  maxConcurrency: 0,
  toleratedFailureCount: 0,
  toleratedFailurePercentage: 12.5,
  itemCounts: noCounts,
  executionCounts: noCounts,
});

const noCounts = {
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total: 0,
  resultsWritten: 0,
  failuresNotRedrivable: 0,
  pendingRedrive: 0,
};

const eventOf = (id: number) => ({
  id,
  previousEventId: id - 1,
  timestamp: toEpochMs(1_700_000_000_000 + id),
  type: 'PassStateEntered',
  stateEnteredEventDetails: { name: 'Verify', input: '{"a":1}', inputDetails: { truncated: false } },
});

const frame = (state: string): Frame => ({ kind: 'ended', index: 0, output: { state } });

const timer = (id: string): Effect => ({ kind: 'SetTimer', id, frame: 'root', at: toEpochMs(1_700_000_000_000) });

const machineOf = (name: string, revisionId: string): StoredMachine => ({
  arn: `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`,
  name,
  type: 'STANDARD',
  definition: `{ "Comment": "revision ${revisionId}" }`,
  revisionId,
  roleArn: 'arn:aws:iam::000000000000:role/pointsman',
  createdAt: toEpochMs(1_700_000_000_000),
});

const versionOf = (machine: string, number: number): StoredVersion => ({
  arn: `${machineOf(machine, '1').arn}:${number}`,
  machineArn: machineOf(machine, '1').arn,
  number,
  revisionId: '1',
  description: 'as it was',
  createdAt: toEpochMs(1_700_000_000_000),
});

const aliasOf = (name: string): StoredAlias => ({
  arn: `${machineArn}:${name}`,
  machineArn,
  name,
  description: undefined,
  routes: [{ versionArn: `${machineArn}:1`, weight: 100 }],
  createdAt: toEpochMs(1_700_000_000_000),
  updatedAt: toEpochMs(1_700_000_000_001),
});

const activityOf = (name: string): StoredActivity => ({
  arn: `arn:aws:states:us-east-1:000000000000:activity:${name}`,
  name,
  createdAt: toEpochMs(1_700_000_000_000),
});

const names = (page: readonly ExecutionSummary[]) => page.map(({ name }) => name);

const outboxOf = async (store: ExecutionStore, of?: string): Promise<string[]> => {
  const entries: string[] = [];
  for await (const { arn, effect } of store.outbox(of)) entries.push(`${arn} ${effect.id}`);
  return entries;
};

const idsOf = async (store: ExecutionStore, arn: string): Promise<number[]> =>
  (await store.history(arn, { limit: 1000, reverse: false })).items.map(({ id }) => id);

async function allPages<T>(page: (from: { from?: string }) => Promise<Page<T>>): Promise<(readonly T[])[]> {
  const pages: (readonly T[])[] = [];
  for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
    const { items, next }: Page<T> = await page(from);
    pages.push(items);
    from = next === undefined ? undefined : { from: next };
  }
  return pages;
}

import { afterEach, beforeEach, describe, expect, it as test, type TestContext } from 'vitest';
import type { GroupName, Position, SiteName } from '../../functions/ports/recovery/position.ts';
import { bytesBetween, covers } from '../../functions/ports/recovery/position.ts';
import type {
  LostRow,
  Promotion,
  ReplicatedStore,
  SiteState,
} from '../../functions/ports/recovery/replicated-store.ts';

/** What a client changes: rows of one table with a whole number as primary key `id` and a text `value`. */
export interface ClientChange {
  readonly change: LostRow['change'];
  readonly id: number;
  readonly value?: string;
}

/** A group of its own for one test, and the hands to do things to it. */
export interface ReplicatedStoreUnderTest {
  readonly store: ReplicatedStore;
  readonly group: GroupName;
  /** Two at least: the primary, then its standbys, which have all it has. The table is there and empty. */
  readonly sites: readonly [primary: SiteName, standby: SiteName, ...others: SiteName[]];
  /** One commit of a client that goes to the site itself; resolves when acknowledged, rejects within about 2 s when not. */
  write(site: SiteName, changes: readonly ClientChange[]): Promise<void>;
  /** Rows as a reader at the site sees them, by id. */
  rows(site: SiteName): Promise<readonly { readonly id: number; readonly value: string }[]>;
  /** What the primary sends no longer arrives at the standby, while both live and the primary acknowledges; and again. */
  holdStream(standby: SiteName): Promise<void>;
  releaseStream(standby: SiteName): Promise<void>;
  /** Ends it as a power cut would, or stops it so that it lives and does nothing. */
  kill(site: SiteName): Promise<void>;
  hang(site: SiteName): Promise<void>;
  /** Its machine comes back: what hangs goes on; what was killed is started as the platform would start it by itself, if it does. */
  heal(site: SiteName): Promise<void>;
  /** Cuts a living site off from controller and other sites; missing where it cannot be done. `heal` ends it. */
  readonly partition?: (site: SiteName) => Promise<void>;
  /** After how long a primary that is alone stops by itself; missing where it never does. */
  readonly selfStopMs?: number;
  /** Lets time pass. */
  pass(milliseconds: number): Promise<void>;
}

interface ReplicatedStoreContract {
  readonly name: string;
  readonly setup: () => Promise<ReplicatedStoreUnderTest>;
  readonly teardown?: () => Promise<void>;
  /** Cases that a platform cannot keep: the reason by the case's name. */
  readonly skips?: Readonly<Record<string, string>>;
  /** A test's limit, for stores that take their time. Default 5,000. */
  readonly timeoutMs?: number;
}

const insert = (...ids: readonly number[]): ClientChange[] =>
  ids.map((id) => ({ change: 'insert', id, value: `value ${id}` }));

/** What `ReplicatedStore` promises, sentence by sentence. Every implementation runs it. */
export function replicatedStoreContract(contract: ReplicatedStoreContract): void {
  describe(`${contract.name} as ReplicatedStore`, { timeout: contract.timeoutMs ?? 5000 }, () => {
    let world: ReplicatedStoreUnderTest;
    let store: ReplicatedStore;
    let group: GroupName;
    let old: SiteName;
    let next: SiteName;
    beforeEach(async () => {
      world = await contract.setup();
      ({ group } = world);
      store = patient(world.store);
      [old, next] = world.sites;
    });
    afterEach(() => contract.teardown?.());

    /** A case, or a visible skip with the reason. */
    const it = (title: string, run: (context: TestContext) => unknown) =>
      test(title, async (context) => {
        const reason = contract.skips?.[title];
        context.skip(reason !== undefined, reason);
        await run(context);
      });

    /** Calls until it is no longer StillWorking, as a machine's Retry would. */
    async function patiently<T>(call: () => Promise<T>): Promise<T> {
      for (let attempt = 0; ; attempt++)
        try {
          return await call();
        } catch (thrown) {
          if (attempt > 200 || !(thrown instanceof Error) || thrown.name !== 'Pointsman.StillWorking') throw thrown;
          await world.pass(200);
        }
    }
    /** Any call that changes something may take its time. */
    const patient = (given: ReplicatedStore): ReplicatedStore => ({
      ...given,
      freeze: (...asked) => patiently(() => given.freeze(...asked)),
      thaw: (...asked) => patiently(() => given.thaw(...asked)),
      stop: (...asked) => patiently(() => given.stop(...asked)),
      start: (...asked) => patiently(() => given.start(...asked)),
      promote: (...asked) => patiently(() => given.promote(...asked)),
      probe: (...asked) => patiently(() => given.probe(...asked)),
      fence: (...asked) => patiently(() => given.fence(...asked)),
      follow: (...asked) => patiently(() => given.follow(...asked)),
      rebuild: (...asked) => patiently(() => given.rebuild(...asked)),
      lostWrites: (...asked) => patiently(() => given.lostWrites(...asked)),
      stage: (...asked) => patiently(() => given.stage(...asked)),
      unstage: (scratch) => patiently(() => given.unstage(scratch)),
    });
    const stateOf = async (site: SiteName): Promise<SiteState> => {
      const { sites } = await store.observe(group);
      return sites.find((each) => each.site === site) ?? expect.fail(`${site} is not observed`);
    };
    async function eventually(isTrue: () => Promise<boolean>, what: string): Promise<void> {
      for (let attempt = 0; attempt < 50; attempt++) {
        if (await isTrue()) return;
        await world.pass(100);
      }
      expect.fail(`it never came true that ${what}`);
    }
    const failure = (name: string) => expect.objectContaining({ name: `Pointsman.${name}` });
    const ids = async (site: SiteName) => (await world.rows(site)).map(({ id }) => id).toSorted((a, b) => a - b);
    const position = async (site: SiteName): Promise<Position> =>
      (await stateOf(site)).received ?? expect.fail(`${site} shows no position`);
    const waitUntilReached = async (site: SiteName, wanted: Position) =>
      eventually(() => store.reached(group, site, wanted, 500), `${site} reached ${wanted.offset}`);

    /** A whole planned change of the primary. */
    async function switchOver(epoch: number) {
      const frozenAt = await store.freeze(group, old, epoch);
      if (frozenAt) await waitUntilReached(next, frozenAt);
      const token = await store.stop(group, old, epoch);
      await waitUntilReached(next, token.end);
      const promotion = await store.promote(group, next, epoch, token);
      return { token, promotion };
    }

    /** Up the ladder until a fence is confirmed. */
    async function fenceOff(epoch: number): Promise<void> {
      const rungs = ['stop', 'isolate'] as const;
      for (const level of rungs) if ((await store.fence(group, old, epoch, level)).confirmed) return;
      expect.fail(`no fence of ${old} was confirmed`);
    }

    /** A failover in which the primary acknowledged `lost` and the standby was never sent it. */
    async function failOver(epoch: number, lost: readonly ClientChange[]): Promise<Promotion> {
      await world.holdStream(next);
      if (lost.length > 0) await world.write(old, lost);
      await world.kill(old);
      await fenceOff(epoch);
      const promotion = await store.promote(group, next, epoch, undefined);
      await world.releaseStream(next);
      return promotion;
    }

    describe('observe', () => {
      it('shows the primary and its standbys side by side', async () => {
        await world.write(old, insert(1));
        const [primary, standby] = [await stateOf(old), await stateOf(next)];

        expect(primary).toMatchObject({ reach: 'answers', role: 'primary', writes: 'accepted', stream: 'none' });
        expect(standby).toMatchObject({ reach: 'answers', role: 'standby', writes: 'refused', stream: 'flowing' });
        expect(standby.follows).toBe(old);
        expect(standby.lineage).toBe(primary.lineage);
        expect(primary.lineage).not.toBeUndefined();
        expect(Object.keys(primary.settings)).not.toEqual([]);
      });

      it('tells in a brief look who answers, as what, with which data, and whether it takes writes', async () => {
        const brief = async (site: string) =>
          (await store.observe(group, 'brief')).sites.find((each) => each.site === site);
        const { lineage } = await stateOf(old);

        expect(await brief(old)).toMatchObject({ reach: 'answers', role: 'primary', writes: 'accepted', lineage });
        expect(await brief(next)).toMatchObject({ reach: 'answers', role: 'standby', writes: 'refused', lineage });
        await world.kill(old);
        expect(await brief(old)).not.toMatchObject({ reach: 'answers' });
        expect(await brief(next)).toMatchObject({ reach: 'answers', role: 'standby' });
      });

      it('measures what would be lost of each standby: nothing while all was sent', async () => {
        await world.write(old, insert(1));
        await waitUntilReached(next, await position(old));
        const { exposures } = await store.observe(group);

        expect(exposures.find(({ site }) => site === next)).toMatchObject({ bytes: '0', seconds: 0 });
      });

      it('measures what would be lost while the stream is held, in bytes and commits', async () => {
        await world.holdStream(next);
        await world.write(old, insert(1));
        await world.write(old, insert(2));
        const exposure = (await store.observe(group)).exposures.find(({ site }) => site === next);

        expect(BigInt(exposure?.bytes ?? 0)).toBeGreaterThan(0n);
        expect([2, undefined]).toContain(exposure?.commits);
        await world.releaseStream(next);
      });

      it('calls a killed site stopped, and a hung one silent, and shows no exposure without a primary', async () => {
        await world.hang(old);
        expect(await stateOf(old)).toMatchObject({ reach: 'silent', writes: 'unknown' });
        expect((await store.observe(group)).exposures).toEqual([]);
        await world.heal(old);
        await world.kill(next);

        expect(await stateOf(next)).toMatchObject({ reach: 'stopped', writes: 'refused' });
      });

      it("shows a standby's stream broken when its primary is gone", async () => {
        await world.kill(old);

        await eventually(async () => (await stateOf(next)).stream === 'broken', 'the stream is broken');
      });
    });

    describe('an unknown name', () => {
      it('is NoSuchSite', async () => {
        await expect(store.freeze(group, 'nowhere', 1)).rejects.toEqual(failure('NoSuchSite'));
      });
    });

    describe('freeze', () => {
      it('refuses new writes, and says where everything acknowledged ends', async () => {
        await world.write(old, insert(1));
        const before = await position(old);
        const frozenAt = await store.freeze(group, old, 1);

        await expect(world.write(old, insert(2))).rejects.toThrow();
        expect(frozenAt === undefined || covers(frozenAt, before)).toBe(true);
        expect(await stateOf(old)).toMatchObject({ role: 'primary', writes: 'refused', epoch: 1 });
      });

      it('is safe to repeat, and thaw takes it back, also twice', async () => {
        await store.freeze(group, old, 1);
        await store.freeze(group, old, 1);
        await store.thaw(group, old, 1);
        await store.thaw(group, old, 1);
        await world.write(old, insert(1));

        expect(await ids(old)).toEqual([1]);
      });

      it('of a hung primary is SiteUnreachable', async () => {
        await world.hang(old);

        await expect(store.freeze(group, old, 1)).rejects.toEqual(failure('SiteUnreachable'));
        await world.heal(old);
      });
    });

    describe('reached', () => {
      it('is true when the standby shows everything up to the position', async () => {
        await world.write(old, insert(1, 2));
        await waitUntilReached(next, await position(old));

        expect(await ids(next)).toEqual([1, 2]);
      });

      it('is false while the changes do not arrive', async () => {
        await world.holdStream(next);
        await world.write(old, insert(1));

        expect(await store.reached(group, next, await position(old), 100)).toBe(false);
        await world.releaseStream(next);
      });
    });

    describe('an epoch that was passed', () => {
      it('is refused by a site that was shown a higher one', async () => {
        await store.freeze(group, old, 2);
        await store.thaw(group, old, 2);

        await expect(store.freeze(group, old, 1)).rejects.toEqual(failure('LeaseLost'));
        await expect(store.stop(group, old, 1)).rejects.toEqual(failure('LeaseLost'));
        await expect(store.fence(group, old, 1, 'stop')).rejects.toEqual(failure('LeaseLost'));
        expect(await stateOf(old)).toMatchObject({ reach: 'answers', writes: 'accepted' });
      });

      it('is remembered by a site over a crash', async () => {
        await store.freeze(group, old, 5);
        await world.kill(old);
        await store.start(group, old, 5);

        await expect(store.thaw(group, old, 4)).rejects.toEqual(failure('LeaseLost'));
      });
    });

    describe('stop', () => {
      it('proves where the primary ended, behind everything it acknowledged', async () => {
        await world.write(old, insert(1));
        const frozenAt = (await store.freeze(group, old, 1)) ?? (await position(old));
        const token = await store.stop(group, old, 1);

        expect(token).toMatchObject({ site: old, epoch: 1 });
        expect(covers(token.end, frozenAt)).toBe(true);
        expect(await stateOf(old)).toMatchObject({ reach: 'stopped' });
      });

      it('sends all to the standbys first', async () => {
        await world.write(old, insert(1, 2, 3));
        await store.freeze(group, old, 1);
        const token = await store.stop(group, old, 1);
        await waitUntilReached(next, token.end);

        expect(await ids(next)).toEqual([1, 2, 3]);
      });

      it('gives the same token again', async () => {
        const first = await store.stop(group, old, 1);

        expect(await store.stop(group, old, 1)).toEqual(first);
      });

      it('has no proof of a primary that was killed', async () => {
        await world.kill(old);

        await expect(store.stop(group, old, 1)).rejects.toEqual(failure('UncleanStop'));
      });

      it('holds when the machine comes back', async () => {
        await store.stop(group, old, 1);
        await world.heal(old);
        await world.pass(300);

        expect(await stateOf(old)).toMatchObject({ reach: 'stopped' });
      });
    });

    describe('start', () => {
      it('is the way back: the primary takes writes again, and its standby follows it', async () => {
        await store.freeze(group, old, 1);
        await store.stop(group, old, 1);
        await store.start(group, old, 1);
        await store.thaw(group, old, 1);
        await world.write(old, insert(1));
        await waitUntilReached(next, await position(old));

        expect(await ids(next)).toEqual([1]);
        await store.start(group, old, 1);
      });

      it('takes back a fence that nothing was promoted behind', async () => {
        await world.write(old, insert(1));
        await store.fence(group, old, 1, 'refuse-writes');
        await store.fence(group, old, 1, 'stop');
        await store.start(group, old, 1);
        await store.thaw(group, old, 1);
        await world.write(old, insert(2));

        expect(await ids(old)).toEqual([1, 2]);
      });

      it('is refused once another site was promoted', async () => {
        await switchOver(1);

        await expect(store.start(group, old, 1)).rejects.toEqual(failure('AlreadyPromoted'));
      });
    });

    describe('promote with a token', () => {
      it('loses nothing: every acknowledged row is there, and new ones are taken', async () => {
        await world.write(old, insert(1, 2, 3));
        const { promotion, token } = await switchOver(1);
        await world.write(next, insert(4));

        expect(promotion.site).toBe(next);
        expect(bytesBetween(token.end, promotion.fork) >= 0n).toBe(true);
        expect(await ids(next)).toEqual([1, 2, 3, 4]);
        expect(await stateOf(next)).toMatchObject({ role: 'primary', writes: 'accepted', epoch: 1 });
      });

      it('opens a branch of its own', async () => {
        const before = await position(old);
        const { promotion } = await switchOver(1);

        expect(promotion.branch).not.toBe(before.branch);
        expect((await position(next)).branch).toBe(promotion.branch);
      });

      it('gives the same promotion again in the same epoch', async () => {
        const { promotion, token } = await switchOver(1);

        expect(await store.promote(group, next, 1, token)).toEqual(promotion);
      });

      it('in another epoch finds no standby any more', async () => {
        const { token } = await switchOver(1);

        await expect(store.promote(group, next, 2, token)).rejects.toEqual(failure('NotStandby'));
      });

      it('survives a crash right after', async () => {
        await switchOver(1);
        await world.kill(next);
        await store.start(group, next, 1);

        expect(await stateOf(next)).toMatchObject({ role: 'primary' });
        await world.write(next, insert(9));
      });

      it('is refused to a standby that does not have all up to its end', async () => {
        const { end: _, ...token } = await store.stop(group, old, 1);
        const beyond = { ...(await position(old).catch(() => _)), offset: String(BigInt(_.offset) + 1_000_000n) };

        await expect(store.promote(group, next, 1, { ...token, end: beyond })).rejects.toEqual(failure('NotCaughtUp'));
        expect(await stateOf(next)).toMatchObject({ role: 'standby' });
      });

      it('does not inherit that its old primary was frozen', async () => {
        await switchOver(1);

        await store.probe(group, next, 1);
        await store.probe(group, next, 1);
      });
    });

    describe('promote without a token', () => {
      it('forks where the standby ended, before what it was never sent', async () => {
        await world.write(old, insert(1));
        await waitUntilReached(next, await position(old));
        const promotion = await failOver(1, insert(2, 3));

        expect(promotion).toMatchObject({ site: next });
        expect(await ids(next)).toEqual([1]);
        await world.write(next, insert(4));
      });
    });

    describe('probe', () => {
      it('leaves nothing behind', async () => {
        await store.probe(group, old, 1);

        expect(await ids(old)).toEqual([]);
      });

      it('fails at a standby and at a frozen primary', async () => {
        await expect(store.probe(group, next, 1)).rejects.toEqual(failure('ProbeFailed'));
        await store.freeze(group, old, 1);

        await expect(store.probe(group, old, 1)).rejects.toEqual(failure('ProbeFailed'));
      });
    });

    describe('fence', () => {
      it('refuse-writes is never confirmed: a session may turn it off', async () => {
        expect(await store.fence(group, old, 1, 'refuse-writes')).toMatchObject({
          level: 'refuse-writes',
          confirmed: false,
        });
      });

      it('stop ends a healthy primary for certain, also twice, and it stays ended when its machine comes back', async () => {
        expect(await store.fence(group, old, 1, 'stop')).toMatchObject({ level: 'stop', confirmed: true });
        expect(await store.fence(group, old, 1, 'stop')).toMatchObject({ confirmed: true });
        await world.heal(old);
        await world.pass(300);

        await expect(world.write(old, insert(1))).rejects.toThrow();
        expect(await stateOf(old)).toMatchObject({ reach: 'stopped' });
      });

      it('stop keeps a killed primary from coming back', async () => {
        await world.kill(old);
        expect(await store.fence(group, old, 1, 'stop')).toMatchObject({ confirmed: true });
        await world.heal(old);
        await world.pass(300);

        expect(await stateOf(old)).toMatchObject({ reach: 'stopped' });
      });

      it('stop ends a primary that hangs, or says that it did not', async () => {
        await world.hang(old);
        const { confirmed } = await store.fence(group, old, 1, 'stop');
        await world.heal(old);
        await world.pass(300);

        const writes = await world.write(old, insert(1)).then(
          () => true,
          () => false,
        );
        expect(confirmed && writes, 'a confirmed fence, and it writes').toBe(false);
      });

      it('that it cannot do is not confirmed, and no failure', async () => {
        const result = await store.fence(group, old, 1, 'isolate');
        const writes = await world.write(old, insert(1)).then(
          () => true,
          () => false,
        );

        expect(result.evidence).not.toBe('');
        expect(result.confirmed && writes).toBe(false);
      });

      it('of a site that is cut off and alive is confirmed by nothing but time', async (test) => {
        const { partition, selfStopMs } = world;
        test.skip(partition === undefined || selfStopMs === undefined, 'no site is cut off, or none stops by itself');
        await partition?.(old);
        expect(await store.fence(group, old, 1, 'stop')).toMatchObject({ confirmed: false });
        const first = await store.fence(group, old, 1, 'lease-expiry');
        expect(first).toMatchObject({ confirmed: false, selfStopBy: expect.any(Number) });
        await world.write(old, insert(1)); // it lives, beside its clients
        await world.pass((selfStopMs ?? 0) + 1000);

        expect(await store.fence(group, old, 1, 'lease-expiry')).toMatchObject({
          confirmed: true,
          selfStopBy: first.selfStopBy,
        });
        await expect(world.write(old, insert(2))).rejects.toThrow();
        await world.heal(old);
        await world.pass(300);
        await expect(world.write(old, insert(3))).rejects.toThrow();
      });
    });

    describe('follow', () => {
      it('makes the old primary a standby as it is, and changes flow the other way', async () => {
        await world.write(old, insert(1));
        const { token } = await switchOver(1);
        await world.write(next, insert(2));
        await store.follow(group, old, next, 1, token);
        await store.follow(group, old, next, 1, token);
        await waitUntilReached(old, await position(next));

        expect(await ids(old)).toEqual([1, 2]);
        await eventually(async () => (await stateOf(old)).stream === 'flowing', 'the stream flows the other way');
        expect(await stateOf(old)).toMatchObject({ role: 'standby', follows: next, writes: 'refused' });
      });

      it('is refused as Diverged when it has anything that the leader does not have', async () => {
        const promotion = await failOver(1, insert(1));
        const token = { lineage: (await stateOf(next)).lineage ?? '', site: old, end: promotion.fork, epoch: 1, at: 0 };

        await expect(store.follow(group, old, next, 1, token)).rejects.toEqual(failure('Diverged'));
        expect(await stateOf(old)).toMatchObject({ writes: 'refused' });
      });

      it('lets both sides change places and back without losing a row', async () => {
        await world.write(old, insert(1));
        const { token } = await switchOver(1);
        await store.follow(group, old, next, 1, token);
        await world.write(next, insert(2));
        [old, next] = [next, old];
        await eventually(async () => (await stateOf(next)).stream === 'flowing', 'the stream flows the other way');
        const back = await switchOver(2);
        await store.follow(group, old, next, 2, back.token);
        await world.write(next, insert(3));
        await waitUntilReached(old, await position(next));

        expect(await ids(old)).toEqual([1, 2, 3]);
        expect(await store.contents(group, old)).toEqual(await store.contents(group, next));
      });
    });

    describe('rebuild', () => {
      it('puts what the site held into quarantine and makes it a standby with the contents of its leader', async () => {
        await failOver(1, insert(1, 2));
        await world.write(next, insert(3));
        const { quarantine } = await store.rebuild(group, old, next, 1);
        await waitUntilReached(old, await position(next));

        expect(quarantine).toEqual(expect.any(String));
        expect(await ids(old)).toEqual([3]);
        expect(await store.contents(group, old)).toEqual(await store.contents(group, next));
        expect(await stateOf(old)).toMatchObject({ role: 'standby', follows: next });
      });

      it('is safe to repeat: the second time nothing is put away', async () => {
        await failOver(1, insert(1));
        const first = await store.rebuild(group, old, next, 1);
        await eventually(async () => (await stateOf(old)).stream === 'flowing', 'the rebuilt site follows');

        expect(await store.rebuild(group, old, next, 1)).toEqual(first);
      });

      it('makes a site that can take over', async () => {
        await failOver(1, insert(1));
        await store.rebuild(group, old, next, 1);
        await eventually(async () => (await stateOf(old)).stream === 'flowing', 'the rebuilt site follows');
        [old, next] = [next, old];
        await switchOver(2);
        await world.write(next, insert(5));

        expect(await ids(next)).toEqual([5]);
      });
    });

    describe('lostWrites', () => {
      it('lists exactly the rows that were acknowledged and never sent: inserted, updated, deleted', async () => {
        await world.write(old, insert(1, 2, 3));
        await waitUntilReached(next, await position(old));
        const promotion = await failOver(1, [
          { change: 'update', id: 1, value: 'changed' },
          { change: 'delete', id: 2 },
          ...insert(10, 11),
        ]);
        const lost = await store.lostWrites(group, old, 1, promotion);

        expect(lost.rows.map(({ change, key }) => [change, Number(key['id'])])).toEqual([
          ['update', 1],
          ['delete', 2],
          ['insert', 10],
          ['insert', 11],
        ]);
        expect(lost.rows[0]?.row).toMatchObject({ value: 'changed' });
        expect(lost.rows[1]?.row).toMatchObject({ value: 'value 2' });
        expect(lost).toMatchObject({ truncated: false, rowCount: 4, quarantine: expect.any(String) });
        expect(lost.commits).toHaveLength(1);
        expect(BigInt(lost.bytes)).toBeGreaterThan(0n);
      });

      it('is empty when nothing was lost', async () => {
        await world.write(old, insert(1));
        await waitUntilReached(next, await position(old));
        await world.kill(old);
        await fenceOff(1);
        const promotion = await store.promote(group, next, 1, undefined);

        expect(await store.lostWrites(group, old, 1, promotion)).toMatchObject({
          rows: [],
          rowCount: 0,
          commits: [],
        });
      });

      it('says the same again, also after the site was rebuilt', async () => {
        const promotion = await failOver(1, insert(7));
        const first = await store.lostWrites(group, old, 1, promotion);
        await store.rebuild(group, old, next, 1);
        const again = await store.lostWrites(group, old, 1, promotion);

        expect(again.rows).toEqual(first.rows);
        expect(again.commits).toEqual(first.commits);
      });

      it('is SiteUnreachable while the old data cannot be reached', async (test) => {
        const { partition } = world;
        test.skip(partition === undefined, 'no site is cut off');
        await partition?.(old);
        const promotion = await store.promote(group, next, 1, undefined);

        await expect(store.lostWrites(group, old, 1, promotion)).rejects.toEqual(failure('SiteUnreachable'));
      });
    });

    describe('contents', () => {
      it('is the same on both sites, whatever the order, and another when a row differs', async () => {
        await world.write(old, insert(2, 1));
        await waitUntilReached(next, await position(old));
        const before = await store.contents(group, old);

        expect(await store.contents(group, next)).toEqual(before);
        expect(before.tables.map(({ rows }) => rows)).toContain(2);
        await world.write(old, [{ change: 'update', id: 1, value: 'other' }]);
        expect((await store.contents(group, old)).structure).toBe(before.structure);
        expect(await store.contents(group, old)).not.toEqual(before);
      });
    });

    describe('a rehearsal', () => {
      const scratchOf = () => `${group}--drill`;
      afterEach(() => store.unstage(scratchOf()));

      it('is a group of its own with the same sites and contents, and touches the real one with nothing', async () => {
        await world.write(old, insert(1));
        await waitUntilReached(next, await position(old));
        const [wanted, real] = [await store.contents(group, next), await stateOf(old)];
        await store.stage(group, scratchOf(), 1);
        await store.stage(group, scratchOf(), 1);
        const { sites } = await store.observe(scratchOf());

        expect(sites.map(({ site, role }) => [site, role])).toEqual(
          (await store.observe(group)).sites.map(({ site, role }) => [site, role]),
        );
        expect(await store.contents(scratchOf(), old)).toEqual(wanted);
        await store.fence(scratchOf(), old, 1, 'stop');
        await store.promote(scratchOf(), next, 1, undefined);
        await store.probe(scratchOf(), next, 1);
        expect(await stateOf(old)).toMatchObject({
          reach: real.reach,
          role: 'primary',
          writes: 'accepted',
          epoch: real.epoch,
        });
        expect(await stateOf(next)).toMatchObject({ role: 'standby', stream: 'flowing' });
      });

      it('that an earlier run left is replaced', async () => {
        await store.stage(group, scratchOf(), 1);
        await store.fence(scratchOf(), old, 1, 'stop');
        await store.stage(group, scratchOf(), 2);

        await store.probe(scratchOf(), old, 2);
        await expect(store.stage(group, scratchOf(), 1)).rejects.toEqual(failure('LeaseLost'));
      });

      it('is ended, also twice, and nothing but a rehearsal is', async () => {
        await store.stage(group, scratchOf(), 1);
        await store.unstage(scratchOf());
        await store.unstage(scratchOf());

        await expect(store.unstage(group)).rejects.toEqual(failure('NotScratch'));
        await expect(store.probe(scratchOf(), old, 1)).rejects.toEqual(failure('NoSuchSite'));
      });
    });
  });
}

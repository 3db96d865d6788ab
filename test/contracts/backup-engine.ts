import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backup, BackupEngine, RestoreTarget, Restored } from '../../functions/ports/recovery/backup-engine.ts';
import { covers } from '../../functions/ports/recovery/position.ts';
import type { Contents } from '../../functions/ports/recovery/replicated-store.ts';

/**
 * What may happen to what a vault stores of a backup: a byte flipped in its data; its manifest deleted; a file of the
 * archived changes between its `from` and `to` deleted, or cut to half its length; another key than it was sealed with.
 */
export type Damage = 'flipped-byte' | 'missing-manifest' | 'missing-segment' | 'cut-archive' | 'wrong-key';

/** A group with a running store, two sites with a vault each, and hands to do to them what the contract needs. */
export interface BackupWorld {
  readonly engine: BackupEngine;
  readonly group: string;
  /** Site of the primary. */
  readonly primary: string;
  /** Another site that has a vault. */
  readonly other: string;
  /**
   * Commits rows of these ids into the one table of the primary and resolves when they are archived, with a moment at
   * which they are there and nothing later is, milliseconds since 1970.
   */
  write(ids: readonly number[]): Promise<number>;
  /** What the primary holds, quiet as it is. */
  contents(): Promise<Contents>;
  /**
   * Writes rows of these ids, which no standby gets, archives them, and promotes a standby. Resolves with a vault's site that has
   * both branches, and the last moment of the abandoned one. `write` and `contents` are the new primary's from now on.
   */
  failOver?(lost: readonly number[]): Promise<{ readonly site: string; readonly at: number }>;
  damage?(kind: Damage, id: string, site: string): Promise<void>;
  /** Lets nothing that is stored at the site from now on be removed. */
  lock?(site: string): Promise<void>;
}

interface BackupEngineContract {
  readonly name: string;
  readonly setup: () => Promise<BackupWorld>;
  readonly teardown?: () => Promise<void>;
  /** Cases that an engine cannot keep: the reason by the case's name. */
  readonly skips?: Readonly<Record<string, string>>;
  /** For all of one case, milliseconds; default 5,000. */
  readonly timeoutMs?: number;
}

/** A long call is asked again this often before it counts as hanging. */
const MOST_CALLS = 200;

/** What `BackupEngine` promises, sentence by sentence. Every implementation runs it. */
export function backupEngineContract({
  name,
  setup,
  teardown,
  skips = {},
  timeoutMs = 5000,
}: BackupEngineContract): void {
  describe(`${name} as BackupEngine`, { timeout: timeoutMs }, () => {
    let world: BackupWorld;
    beforeEach(async () => {
      world = await setup();
    }, timeoutMs);
    afterEach(() => teardown?.(), timeoutMs);

    /** A case, or a visible skip with the reason. */
    const keeps = (title: string, run: () => Promise<void>) => {
      const reason = skips[title];
      it(title, async (test) => {
        test.skip(reason !== undefined, reason);
        await run();
      });
    };
    const needs = <K extends 'failOver' | 'damage' | 'lock'>(hook: K): NonNullable<BackupWorld[K]> => {
      const given = world[hook];
      if (given === undefined) throw new Error(`${name} gives no ${hook}: give it, or skip this case with the reason`);
      return given;
    };

    const take = (id: string, parent: string | null = null, epoch = 1): Promise<Backup> => {
      const { engine, group, primary: site } = world;
      const kind = parent === null ? 'full' : 'incremental';
      return asked(() => engine.take({ id, group, site, kind, parent, epoch }));
    };
    const copy = (id: string) => asked(() => world.engine.copy(world.group, id, world.primary, world.other));
    const verify = (id: string, site = world.primary) => asked(() => world.engine.verify(world.group, id, site));
    const ids = async (site: string) => (await world.engine.list(world.group, site)).map(({ id }) => id);
    const branches = (site = world.primary) => world.engine.branches(world.group, site);
    const restore = async (
      backup: string,
      target: RestoreTarget,
      more: { readonly site?: string; readonly branch?: string; readonly scratch?: string } = {},
    ): Promise<Restored> => {
      const { engine, group } = world;
      const site = more.site ?? world.primary;
      const branch = more.branch ?? (await branches(site)).at(-1)?.branch ?? '';
      return asked(() => engine.restore({ group, site, backup, target, branch, scratch: more.scratch ?? 'scratch' }));
    };
    /** What a restore holds; the scratch is free again afterwards. */
    const restored = async (...order: Parameters<typeof restore>): Promise<Contents> => {
      const { scratch } = await restore(...order);
      const contents = await world.engine.inspect(world.group, scratch);
      await asked(() => world.engine.destroy(world.group, scratch));
      return contents;
    };
    const latest = { kind: 'latest' } as const;

    describe('take', () => {
      keeps('takes a full backup that restores to what the primary holds', async () => {
        await world.write([1, 2]);
        const backup = await take('one');

        expect(backup).toMatchObject({
          id: 'one',
          group: world.group,
          site: world.primary,
          kind: 'full',
          parent: null,
        });
        expect(await restored('one', latest)).toEqual(await world.contents());
      });

      keeps('takes an incremental that restores with what it stands on', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2, 3]);
        const backup = await take('two', 'one');

        expect(backup).toMatchObject({ kind: 'incremental', parent: 'one' });
        expect(await restored('two', latest)).toEqual(await world.contents());
      });

      keeps('gives the backup of an id that is there', async () => {
        await world.write([1]);
        const first = await take('one');
        await world.write([2]);

        expect(await take('one')).toEqual(first);
        expect(await ids(world.primary)).toEqual(['one']);
      });

      keeps('says from where on it can be restored, and of which history', async () => {
        await world.write([1]);
        const one = await take('one');
        await world.write([2]);
        const two = await take('two', 'one');

        expect(covers(one.to, one.from)).toBe(true);
        expect(covers(two.to, one.to) && !covers(one.to, two.to)).toBe(true);
        expect(two.lineage).toBe(one.lineage);
        expect(two.takenAt).toBeGreaterThanOrEqual(one.takenAt);
        expect(one.bytes).toBeGreaterThan(0);
      });

      keeps('records what it holds', async () => {
        await world.write([1, 2, 3]);
        const { proof, to } = await take('one');
        const held = await world.contents();
        await world.write([4]);

        expect(proof?.contents).toEqual(held);
        expect(proof !== null && covers(proof.at, to)).toBe(true);
        expect(proof !== null && (await restored('one', { kind: 'position', position: proof.at }))).toEqual(held);
      });

      keeps('can be restored to the place of its proof, and not short of it', async () => {
        await world.write([1]);
        const { proof } = await take('one');
        await world.write([2]);
        const at = proof?.at ?? expect.fail('one has no proof');

        expect(covers((await restore('one', { kind: 'position', position: at })).position, at)).toBe(true);
      });

      keeps('refuses an incremental on a parent that is not there', async () => {
        await world.write([1]);

        await expect(take('two', 'one')).rejects.toMatchObject({ name: 'Pointsman.NoParent' });
        expect(await ids(world.primary)).toEqual([]);
      });

      keeps('refuses an incremental on a parent without a manifest', async () => {
        await world.write([1]);
        await take('one');
        await needs('damage')('missing-manifest', 'one', world.primary);

        await expect(take('two', 'one')).rejects.toMatchObject({ name: 'Pointsman.NoParent' });
      });

      keeps('refuses an epoch lower than one it was shown', async () => {
        await world.write([1]);
        await take('one', null, 2);

        await expect(take('two', null, 1)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
      });
    });

    describe('copy', () => {
      keeps('puts a backup into another vault, also twice', async () => {
        await world.write([1]);
        const original = await take('one');
        const first = await copy('one');

        expect(first).toMatchObject({ id: 'one', site: world.other, takenAt: original.takenAt, proof: original.proof });
        expect(await copy('one')).toEqual(first);
        expect(await ids(world.primary)).toEqual(['one']);
        expect(await ids(world.other)).toEqual(['one']);
      });

      keeps('brings the chain and the changes that a restore needs', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        await take('two', 'one');
        const held = await world.contents();
        await copy('two');
        for (const id of ['two', 'one']) await asked(() => world.engine.remove(world.group, id, world.primary));

        expect(await ids(world.other)).toEqual(['one', 'two']);
        expect(await restored('two', latest, { site: world.other })).toEqual(held);
      });

      keeps('seals the copy with the key of its own site', async () => {
        await world.write([1]);
        await take('one');
        await copy('one');
        await needs('damage')('wrong-key', 'one', world.primary);

        expect(await verify('one')).toMatchObject({ intact: false });
        expect(await verify('one', world.other)).toEqual({ intact: true, problems: [] });
        expect(await restored('one', latest, { site: world.other })).toEqual(await world.contents());
      });

      keeps('never copies a damaged backup', async () => {
        await world.write([1]);
        await take('one');
        await needs('damage')('flipped-byte', 'one', world.primary);

        await expect(copy('one')).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
        expect(await ids(world.other)).toEqual([]);
      });

      keeps('names a backup that is not there', async () => {
        await expect(copy('one')).rejects.toMatchObject({ name: 'Pointsman.NoSuchBackup' });
      });
    });

    describe('verify', () => {
      keeps('finds a whole chain intact', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        await take('two', 'one');

        expect(await verify('two')).toEqual({ intact: true, problems: [] });
      });

      for (const kind of ['flipped-byte', 'missing-manifest', 'missing-segment', 'cut-archive', 'wrong-key'] as const)
        keeps(`finds a ${kind}, and no restore looks well`, async () => {
          await world.write([1]);
          await take('one');
          await needs('damage')(kind, 'one', world.primary);
          const { intact, problems } = await verify('one');

          expect(intact).toBe(false);
          expect(problems.join()).not.toBe('');
          await expect(restore('one', latest)).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
        });

      keeps('finds an incremental damaged whose parent is', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        await take('two', 'one');
        await needs('damage')('flipped-byte', 'one', world.primary);

        expect(await verify('two')).toMatchObject({ intact: false });
        await expect(restore('two', latest)).rejects.toMatchObject({ name: 'Pointsman.BackupUnusable' });
      });

      keeps('names a backup that is not there to be verified', async () => {
        await expect(verify('one')).rejects.toMatchObject({ name: 'Pointsman.NoSuchBackup' });
      });
    });

    describe('list', () => {
      keeps('lists oldest first, each site its own', async () => {
        await world.write([1]);
        for (const id of ['b', 'a']) await take(id);

        expect(await ids(world.primary)).toEqual(['b', 'a']);
        expect(await ids(world.other)).toEqual([]);
      });

      keeps('lists damaged backups too', async () => {
        await world.write([1]);
        await take('one');
        await needs('damage')('missing-manifest', 'one', world.primary);

        expect(await ids(world.primary)).toEqual(['one']);
      });
    });

    describe('remove', () => {
      keeps('removes at one site, also twice', async () => {
        await world.write([1]);
        await take('one');
        await copy('one');

        expect(await asked(() => world.engine.remove(world.group, 'one', world.primary))).toBe('removed');
        expect(await asked(() => world.engine.remove(world.group, 'one', world.primary))).toBe('removed');
        expect(await ids(world.primary)).toEqual([]);
        expect(await ids(world.other)).toEqual(['one']);
      });

      keeps('leaves what is locked, and says so', async () => {
        await needs('lock')(world.primary);
        await world.write([1]);
        const { lockedUntil } = await take('one');

        expect(lockedUntil).toBeGreaterThan(0);
        expect(await asked(() => world.engine.remove(world.group, 'one', world.primary))).toBe('locked');
        expect(await ids(world.primary)).toEqual(['one']);
        expect(await restored('one', latest)).toEqual(await world.contents());
      });

      keeps('refuses to remove what another backup stands on', async () => {
        await world.write([1]);
        await take('one');
        await take('two', 'one');

        const removed = world.engine.remove(world.group, 'one', world.primary);
        await expect(removed).rejects.toMatchObject({ name: 'Pointsman.BackupNeeded' });
        expect(await ids(world.primary)).toEqual(['one', 'two']);
      });
    });

    describe('trim', () => {
      keeps('leaves every moment from the given backup on, and what older backups hold', async () => {
        await world.write([1]);
        const { proof } = await take('one');
        const first = await world.contents();
        await world.write([2]);
        await take('two');
        const at = await world.write([3]);
        const third = await world.contents();
        await world.write([4]);
        await world.engine.trim(world.group, world.primary, 'two');

        expect(await restored('two', { kind: 'moment', at })).toEqual(third);
        expect(proof !== null && (await restored('one', { kind: 'position', position: proof.at }))).toEqual(first);
        expect((await branches())[0]?.from).toBeGreaterThan(0);
      });

      keeps('frees nothing the second time', async () => {
        await world.write([1]);
        await take('one');
        await world.engine.trim(world.group, world.primary, 'one');

        expect(await world.engine.trim(world.group, world.primary, 'one')).toBe(0);
      });
    });

    describe('mark', () => {
      keeps('marks a moment that can be restored to by name', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        const held = await world.contents();
        await world.engine.mark(world.group, world.primary, 'before-the-migration');
        await world.write([3]);

        expect(await restored('one', { kind: 'name', name: 'before-the-migration' })).toEqual(held);
      });

      keeps('gives the position of a name that is marked already', async () => {
        await world.write([1]);
        await take('one');
        const first = await world.engine.mark(world.group, world.primary, 'here');
        await world.write([2]);

        expect(await world.engine.mark(world.group, world.primary, 'here')).toEqual(first);
        expect((await branches())[0]?.points.map(({ name: point }) => point)).toEqual(['here']);
      });
    });

    describe('branches', () => {
      keeps('knows nothing to restore without a backup', async () => {
        await world.write([1]);

        expect(await branches()).toEqual([]);
      });

      keeps('tells the first and the last moment that can be restored', async () => {
        await world.write([1]);
        const { takenAt } = await take('one');
        const at = await world.write([2]);
        const [branch, ...others] = await branches();

        expect(others).toEqual([]);
        expect(branch).toMatchObject({ parent: null, fork: null });
        expect(branch?.from).toBeLessThanOrEqual(takenAt);
        expect(branch?.to).toBeLessThanOrEqual(at);
        expect(branch?.to).toBeGreaterThanOrEqual(takenAt - 1000);
      });

      keeps('shows both branches after a failover, and what is in one only', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        const { site } = await needs('failOver')([3]);
        await world.write([4]);
        const [old, fresh] = await branches(site);

        expect(fresh).toMatchObject({ parent: old?.branch });
        expect(fresh?.fork?.branch).toBe(old?.branch);
        expect(old && fresh?.fork && covers(old.end, fresh.fork) && !covers(fresh.fork, old.end)).toBe(true);
        expect(old && fresh && fresh.from <= old.to).toBe(true);
        expect([old?.only, fresh?.only]).not.toContain('');
      });

      keeps('restores a moment that lies in two branches as the named branch had it', async () => {
        await world.write([1]);
        await take('one');
        await world.write([2]);
        const before = await world.contents();
        const { site, at } = await needs('failOver')([3]);
        await world.write([4, 5]);
        const after = await world.contents();
        const [old, fresh] = await branches(site);
        const onOld = await restored('one', { kind: 'moment', at }, { site, branch: old?.branch ?? '' });

        expect(onOld.tables.map(({ rows }) => rows)).toEqual(before.tables.map(({ rows }) => rows + 1));
        expect(await restored('one', latest, { site, branch: fresh?.branch ?? '' })).toEqual(after);
        expect(await restored('one', latest, { site, branch: old?.branch ?? '' })).toEqual(onOld);
      });
    });

    describe('restore', () => {
      keeps('stops at the moment', async () => {
        await world.write([1]);
        await take('one');
        const at = await world.write([2]);
        const held = await world.contents();
        await world.write([3]);

        expect(await restored('one', { kind: 'moment', at })).toEqual(held);
      });

      keeps('says where it ended and when its newest change was made', async () => {
        await world.write([1]);
        await take('one');
        const at = await world.write([2]);
        await world.write([3]);
        const [branch] = await branches();
        const { position, lastChangeAt, address } = await restore('one', { kind: 'moment', at });

        expect(branch && covers(branch.end, position) && !covers(position, branch.end)).toBe(true);
        expect(lastChangeAt).toBeLessThanOrEqual(at);
        expect(address).not.toBe('');
      });

      keeps('fails when the target is behind what is stored', async () => {
        await world.write([1]);
        await take('one');
        const at = await world.write([2]);

        const tooLate = restore('one', { kind: 'moment', at: at + 3_600_000 });
        await expect(tooLate).rejects.toMatchObject({ name: 'Pointsman.TargetNotReached' });
      });

      keeps('fails when the target is before the backup', async () => {
        const at = await world.write([1]);
        await world.write([2]);
        await take('one');

        const tooEarly = restore('one', { kind: 'moment', at });
        await expect(tooEarly).rejects.toMatchObject({ name: 'Pointsman.TargetNotReached' });
      });

      keeps('fails for a name that nobody marked', async () => {
        await world.write([1]);
        await take('one');

        const unknown = restore('one', { kind: 'name', name: 'nowhere' });
        await expect(unknown).rejects.toMatchObject({ name: 'Pointsman.TargetNotReached' });
      });

      keeps('gives the same restore for the same name', async () => {
        await world.write([1]);
        await take('one');
        const first = await restore('one', latest);
        const [branch] = await branches();
        await world.write([2]);

        expect(await restore('one', latest, { branch: branch?.branch ?? '' })).toEqual(first);
      });

      keeps('touches neither the primary nor what is archived', async () => {
        await world.write([1]);
        await take('one');
        const [held, known] = [await world.contents(), await branches()];
        await restore('one', latest);

        expect(await world.contents()).toEqual(held);
        expect(await branches()).toEqual(known);
        await world.write([2]);
        expect(await world.contents()).not.toEqual(held);
      });

      keeps('names a backup that is not there to be restored', async () => {
        await expect(restore('one', latest, { branch: '1' })).rejects.toMatchObject({ name: 'Pointsman.NoSuchBackup' });
      });
    });

    describe('destroy', () => {
      keeps('deletes a restored store, also twice', async () => {
        const { engine, group } = world;
        await world.write([1]);
        await take('one');
        const { scratch } = await restore('one', latest);
        await asked(() => engine.destroy(group, scratch));
        await asked(() => engine.destroy(group, scratch));

        await expect(engine.inspect(group, scratch)).rejects.toMatchObject({ name: 'Pointsman.NoSuchScratch' });
      });

      keeps('lets the name be used again', async () => {
        await world.write([1]);
        await take('one');
        await restored('one', latest);
        await world.write([2]);

        expect(await restored('one', latest)).toEqual(await world.contents());
      });
    });
  });
}

/** The answer of a long call: asked again, as a workflow's Retry does, until it resolves. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  for (let calls = 1; ; calls++)
    try {
      return await call();
    } catch (thrown) {
      const isWorking = thrown instanceof Error && thrown.name === 'Pointsman.StillWorking';
      if (!isWorking || calls === MOST_CALLS) throw thrown;
      await new Promise(setImmediate);
    }
}

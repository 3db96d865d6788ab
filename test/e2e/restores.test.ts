import { describe, expect, it } from 'vitest';
import { backupMachines, backupWorld as anyBackupWorld } from '../support/backup-world.ts';
import { damageVault } from '../support/damage-vault.ts';

const machines = backupMachines();
const backupWorld = (options: Parameters<typeof anyBackupWorld>[0] = {}) => anyBackupWorld({ machines, ...options });

const first = 'shop-20260101T010000Z';
const second = 'shop-20260101T020000Z';

/** Commits a row a second later; gives the moment at which it is there. */
function commit(world: ReturnType<typeof backupWorld>, row: string): number {
  world.clock.advance(1000);
  world.backups.write('orders', { [row]: 'paid' });
  return world.clock.now();
}

const held = (world: ReturnType<typeof backupWorld>, scratch = 'here') => world.backups.inspect('shop', scratch);

describe('restore', () => {
  it('restores the latest, beside what runs', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    commit(world, 'a');
    const { output, record } = await world.run('restore', { scratch: 'here' });

    expect(output).toMatchObject({ backup: first, site: 'north', branch: '1', address: 'memory:here' });
    expect(await held(world)).toEqual(world.backups.contents());
    expect(record).toMatchObject({ kind: 'restore', outcome: 'done', from: 'north' });
  });

  it.each(['number', 'text'])('restores to a moment given as a %s', async (form) => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const at = commit(world, 'a');
    const then = world.backups.contents();
    commit(world, 'the bad migration');
    const moment = form === 'number' ? at : new Date(at).toISOString();
    await world.run('restore', { target: { kind: 'moment', at: moment }, scratch: 'here' });

    expect(await held(world)).toEqual(then);
  });

  it('restores to a position and to a name', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    commit(world, 'a');
    const then = world.backups.contents();
    const position = await world.backups.mark('shop', 'north', 'before-the-migration');
    commit(world, 'b');
    await world.run('restore', { target: { kind: 'position', position: { ...position } }, scratch: 'one' });
    await world.run('restore', { target: { kind: 'name', name: 'before-the-migration' }, scratch: 'two' });

    expect(await held(world, 'one')).toEqual(then);
    expect(await held(world, 'two')).toEqual(then);
  });

  it('chooses the newest backup before the target, one that was found intact before any other', async () => {
    const world = backupWorld({ fullEvery: 1 });
    await world.backupAfterAnHour();
    await world.backupAfterAnHour();
    const at = commit(world, 'a');
    const target = { kind: 'moment', at };
    const newest = await world.run('restore', { target, scratch: 'one' });
    await world.catalog.note('shop', second, { intactAt: {} });
    const intact = await world.run('restore', { target, scratch: 'two' });

    expect([newest.output, intact.output]).toMatchObject([{ backup: second }, { backup: first }]);
    expect(await held(world, 'one')).toEqual(await held(world, 'two'));
  });

  it('reads the other vault when the first is gone', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    for (const id of await world.ids('north')) await world.backups.remove('shop', id, 'north');

    expect((await world.run('restore')).output).toMatchObject({ site: 'south' });
  });

  it('says what can be restored when the target is out of range', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    await world.backups.mark('shop', 'north', 'noon');
    const { error, cause, record } = await world.run('restore', {
      target: { kind: 'moment', at: '2025-12-24T12:00:00Z' },
    });

    expect(error).toBe('Pointsman.RestoreRefused');
    expect(cause).toContain(
      '2025-12-24T12:00:00.000Z cannot be restored; what can be: branch 1, 2026-01-01T01:00:00.000Z to',
    );
    expect(cause).toContain('by name: noon');
    expect(record).toMatchObject({ outcome: 'refused' });
  });

  it('refuses a local time without an offset, which is another moment elsewhere', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();

    expect(await world.run('restore', { target: { kind: 'moment', at: '2026-01-01T01:00:00' } })).toMatchObject({
      cause: expect.stringContaining('write it like 2026-11-27T01:59:00Z'),
    });
  });

  it('never restores over what is there', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    commit(world, 'a');
    await world.run('restore', { scratch: 'here', target: { kind: 'proof' } });
    const there = await held(world);
    const { cause } = await world.run('restore', { scratch: 'here' });

    expect(cause).toContain('Pointsman.ScratchTaken');
    expect(await held(world)).toEqual(there);
  });

  it.each(['flipped-byte', 'missing-manifest', 'missing-segment', 'cut-archive', 'wrong-key'] as const)(
    'detects a %s before it reports success, and leaves nothing behind',
    async (kind) => {
      const world = backupWorld();
      await world.backupAfterAnHour();
      damageVault(world.backups, kind, first, 'north');
      const { error, cause } = await world.run('restore', { site: 'north', scratch: 'here' });

      expect({ error, cause }).toMatchObject({
        error: 'Pointsman.RestoreFailed',
        cause: expect.stringContaining('Pointsman.BackupUnusable'),
      });
      expect(world.backups.scratches()).toEqual([]);
      expect((await world.record(first))?.pins).toEqual([]);
    },
  );

  it('keeps the backup while what was restored of it is there', async () => {
    const world = backupWorld({ fullEvery: 1, retention: { last: 1 } });
    await world.backupAfterAnHour();
    await world.run('restore', { scratch: 'here' });
    await world.backupAfterAnHour();
    expect(await world.ids('north')).toEqual([first, second]);
    expect((await world.record(first))?.pins).toEqual(['restore into here']);
  });

  it('keeps a restore that differs from its proof for whoever may need it, and never calls it done', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const inspect = world.backups.inspect.bind(world.backups);
    world.backups.inspect = async (...scratch) => {
      const contents = await inspect(...scratch);
      return { ...contents, tables: contents.tables.map((table) => ({ ...table, rows: table.rows - 1 })) };
    };
    const { cause } = await world.run('restore', { target: { kind: 'proof' }, scratch: 'here' });

    expect(cause).toContain('Pointsman.RestoreDiffers');
    expect(cause).toContain('table orders has 0 rows, not 1');
    expect(world.backups.scratches()).toEqual(['here']);
  });

  it('is aborted by a person and clears away what it made', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const slow = backupWorld({ stillWorking: 30 });
    await slow.run('backup');
    const arn = await slow.start('restore', { scratch: 'here' });
    await slow.orders.give({ execution: arn, order: 'abort', by: 'operator', reason: 'wrong day', at: 0 });

    expect(await slow.pass(arn)).toMatchObject({ error: 'Pointsman.Aborted' });
    expect(slow.backups.scratches()).toEqual([]);
    expect(await slow.leases.read('backups:here')).toBeUndefined();
  });
});

describe('a target after a failover', () => {
  /** Two rows on branch 1 that branch 2 never had, and one on branch 2 only. */
  async function forked() {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const common = commit(world, 'common');
    commit(world, 'lost 1');
    const lost = commit(world, 'lost 2');
    const onOld = world.backups.contents();
    world.backups.failOver('south', 2);
    world.clock.advance(1000);
    const after = commit(world, 'new');
    return { world, common, lost, after, onOld };
  }

  it('shows both branches when it is ambiguous, and refuses to guess', async () => {
    const { world, lost } = await forked();
    const { error, cause, record } = await world.run('restore', {
      target: { kind: 'moment', at: lost },
      scratch: 'here',
    });

    expect(error).toBe('Pointsman.RestoreRefused');
    expect(cause).toContain('Pointsman.AmbiguousTarget');
    expect(cause).toContain('lies in 2 branches, and what they hold differs: branch 1, ');
    expect(cause).toContain('; branch 2, ');
    expect(record).toMatchObject({ outcome: 'refused' });
    expect(world.backups.scratches()).toEqual([]);
  });

  it('restores the rows that were lost when the abandoned branch is named', async () => {
    const { world, lost, onOld } = await forked();
    const target = { kind: 'moment', at: lost };
    const { output } = await world.run('restore', { target, branch: '1', scratch: 'here' });

    expect(output).toMatchObject({ branch: '1', site: 'north' });
    expect(await held(world)).toEqual(onOld);
  });

  it('is certain before the fork, and behind the end of the abandoned branch', async () => {
    const { world, common, after } = await forked();
    const before = await world.run('restore', { target: { kind: 'moment', at: common - 1 }, scratch: 'one' });
    const behind = await world.run('restore', { target: { kind: 'moment', at: after }, scratch: 'two' });

    expect(before.output).toMatchObject({ branch: '1' });
    expect(behind.output).toMatchObject({ branch: '2' });
    expect(await held(world, 'two')).toEqual(world.backups.contents());
  });

  it('is the newest branch when the latest is asked for', async () => {
    const { world } = await forked();
    await world.run('restore', { scratch: 'here' });

    expect(await held(world)).toEqual(world.backups.contents());
  });

  it('is not ambiguous after a switchover that abandoned nothing', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const at = commit(world, 'common');
    world.backups.failOver('south', 0);
    commit(world, 'new');

    const { output } = await world.run('restore', { target: { kind: 'moment', at } });
    expect(output).toMatchObject({ branch: '1', lastChangeAt: at });
  });

  it('is ambiguous by a name that was marked on both branches', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    commit(world, 'common');
    commit(world, 'lost');
    await world.backups.mark('shop', 'north', 'noon');
    world.backups.failOver('north', 1);
    commit(world, 'new');
    await world.backups.mark('shop', 'north', 'noon');

    expect(await world.run('restore', { target: { kind: 'name', name: 'noon' } })).toMatchObject({
      error: 'Pointsman.RestoreRefused',
      cause: expect.stringContaining('noon lies in 2 branches'),
    });
  });

  it('names the branches there are when another is asked for', async () => {
    const { world } = await forked();

    expect(await world.run('restore', { branch: '7' })).toMatchObject({
      cause: expect.stringContaining('there is no branch 7; there are branch 1, '),
    });
  });
});

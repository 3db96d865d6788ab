import { describe, expect, it } from 'vitest';
import type { Contents } from '../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { backupMachines, backupWorld as anyBackupWorld } from '../support/backup-world.ts';
import { damageVault } from '../support/damage-vault.ts';

const machines = backupMachines();
const backupWorld = (options: Parameters<typeof anyBackupWorld>[0] = {}) => anyBackupWorld({ machines, ...options });

const first = 'shop-20260101T010000Z';
const second = 'shop-20260101T020000Z';

describe('restore-drill', () => {
  it('restores the newest backup, compares it with its proof, measures, and writes lastVerifiedAt', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    world.backups.write('orders', { later: 'paid' });
    const { output, record } = await world.run('restore-drill');

    expect(output).toMatchObject({
      backup: first,
      site: 'north',
      held: { compared: true, tables: 1, rows: 1 },
      measured: { restoreSeconds: 0, inspectSeconds: 0, bytes: expect.any(Number) },
    });
    expect(record).toMatchObject({
      kind: 'restore-drill',
      outcome: 'done',
      details: { measured: { restoreSeconds: 0 } },
    });
    expect((await world.record(first))?.lastVerifiedAt).toBe(world.clock.now());
    expect(world.notifier.notices.at(-1)).toMatchObject({
      severity: 'info',
      title: `shop: restore drill of ${first} is done`,
      text: 'north: restored in 0 s; 1 rows in 1 tables are what they were',
    });
  });

  it('destroys what it restored, and lets go of the backup', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    await world.run('restore-drill');

    expect(world.backups.scratches()).toEqual([]);
    expect((await world.record(first))?.pins).toEqual([]);
    expect(await world.leases.read('backups:shop--drill')).toBeUndefined();
  });

  it('measures what it took, waits counted', async () => {
    const world = backupWorld({ stillWorking: 3 });
    await world.run('backup');

    expect((await world.run('restore-drill')).output).toMatchObject({ measured: { restoreSeconds: 30 } });
  });

  it('rehearses the backup and the vault that are asked for', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    await world.backupAfterAnHour();
    const { output } = await world.run('restore-drill', { backup: first, site: 'south' });

    expect(output).toMatchObject({ backup: first, site: 'south' });
    expect((await world.record(second))?.lastVerifiedAt).toBeNull();
  });

  it.each(['flipped-byte', 'missing-manifest', 'missing-segment', 'cut-archive'] as const)(
    'fails on a %s of the newest, and never steps back to an older one',
    async (kind) => {
      const world = backupWorld({ fullEvery: 1 });
      await world.backupAfterAnHour();
      await world.backupAfterAnHour();
      damageVault(world.backups, kind, second, 'north');
      const { error, cause, record } = await world.run('restore-drill');

      expect({ error, cause }).toMatchObject({
        error: 'Pointsman.DrillFailed',
        cause: expect.stringContaining(second),
      });
      expect(record).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('Pointsman.BackupUnusable') });
      expect(world.backups.scratches()).toEqual([]);
      expect(await world.record(second)).toMatchObject({ lastVerifiedAt: null });
      expect(world.notifier.notices.at(-1)).toMatchObject({ severity: 'critical' });
    },
  );

  it('fails when the key of the preferred vault is lost, and never steps over to the other', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    damageVault(world.backups, 'wrong-key', first, 'north');

    expect(await world.run('restore-drill')).toMatchObject({
      error: 'Pointsman.DrillFailed',
      cause: expect.stringContaining('cannot be decrypted with the key of north'),
    });
    expect(await world.run('restore-drill', { site: 'south' })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('takes away the trust in a backup that failed it: the next one is full, and nothing expires on its account', async () => {
    const world = backupWorld({ copyTo: [] });
    await world.backupAfterAnHour();
    damageVault(world.backups, 'flipped-byte', first, 'north');
    await world.run('restore-drill');

    expect((await world.record(first))?.intactAt).toEqual({});
    expect((await world.backupAfterAnHour()).output).toMatchObject({
      kind: 'full',
      why: `the newest at north, ${first}, is not known to be good`,
    });
  });

  it.each<[string, (contents: Contents) => Contents, string]>([
    [
      'rows',
      ({ tables, ...rest }) => ({ ...rest, tables: tables.map((t) => ({ ...t, rows: 0 })) }),
      'table orders has 0 rows, not 1',
    ],
    [
      'contents',
      ({ tables, ...rest }) => ({ ...rest, tables: tables.map((t) => ({ ...t, checksum: '' })) }),
      'table orders has 1 rows, but not the same ones',
    ],
    ['structure', (contents) => ({ ...contents, structure: '' }), 'tables, columns, indexes or constraints differ'],
    ['tables', (contents) => ({ ...contents, tables: [] }), 'table orders is missing, with 1 rows'],
  ])('never reports green when the %s differ', async (_what, change, named) => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const inspect = world.backups.inspect.bind(world.backups);
    world.backups.inspect = async (...scratch) => change(await inspect(...scratch));
    const { status, cause } = await world.run('restore-drill');

    expect({ status, cause }).toMatchObject({ status: 'FAILED', cause: expect.stringContaining(named) });
    expect((await world.record(first))?.lastVerifiedAt).toBeNull();
    expect(world.backups.scratches()).toEqual([]);
  });

  it('never reports green when the target was not reached, whatever the engine says', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const restore = world.backups.restore.bind(world.backups);
    world.backups.restore = async (order) => ({ ...(await restore(order)), position: { branch: '1', offset: '0' } });
    const { status, cause } = await world.run('restore-drill');

    expect({ status, cause }).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('TargetNotReached') });
  });

  it('never reports green when there was nothing to compare with', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const restore = world.backups.restore.bind(world.backups);
    world.backups.restore = async (order) => ({
      ...(await restore(order)),
      position: { branch: '1', offset: '999999' },
    });
    const { status, cause } = await world.run('restore-drill');

    expect({ status, cause }).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining('nothing to compare with'),
    });
    expect(world.backups.scratches()).toEqual([]);
  });

  it('is red when what it restored cannot be deleted, though the backup is proven', async () => {
    let isStuck = false;
    const world = backupWorld({
      before(name) {
        if (name === 'inspect-restore') isStuck = true;
        if (name === 'destroy-restore' && isStuck) throw new StepFailure('Pointsman.SiteUnreachable', 'disk');
      },
    });
    await world.backupAfterAnHour();

    expect(await world.run('restore-drill')).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining('it is proven, but what is left in shop--drill could not be deleted'),
    });
    expect((await world.record(first))?.lastVerifiedAt).not.toBeNull();
  });

  it('clears what an earlier drill left that was stopped by force', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    const restore = { group: 'shop', site: 'north', backup: first, target: { kind: 'latest' }, branch: '1' } as const;
    await world.backups.restore({ ...restore, scratch: 'shop--drill' });

    expect(await world.run('restore-drill')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('blames no backup when the site could not be reached', async () => {
    const world = backupWorld({
      before(name) {
        if (name === 'restore-backup') throw new StepFailure('Pointsman.SiteUnreachable', 'north is down');
      },
    });
    await world.backupAfterAnHour();

    expect(await world.run('restore-drill')).toMatchObject({ status: 'FAILED' });
    expect((await world.record(first))?.intactAt).toMatchObject({ north: expect.any(Number) });
  });

  it('is aborted by a person, and still destroys what it made', async () => {
    const world = backupWorld({ stillWorking: 30 });
    await world.run('backup');
    const arn = await world.start('restore-drill');
    await world.orders.give({ execution: arn, order: 'abort', by: 'operator', reason: 'load', at: 0 });

    expect(await world.pass(arn)).toMatchObject({ error: 'Pointsman.Aborted' });
    expect(world.calls.at(-4)?.name).toBe('destroy-restore');
  });

  it('says so when there is nothing to rehearse', async () => {
    expect(await backupWorld().run('restore-drill')).toMatchObject({
      error: 'Pointsman.DrillFailed',
      cause: expect.stringContaining('take one first'),
    });
  });
});

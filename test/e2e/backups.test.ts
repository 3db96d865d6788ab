import { describe, expect, it } from 'vitest';
import { StepFailure } from '../../functions/step-failure.ts';
import { backupMachines, backupWorld as anyBackupWorld } from '../support/backup-world.ts';
import { damageVault } from '../support/damage-vault.ts';

const machines = backupMachines();
const backupWorld = (options: Parameters<typeof anyBackupWorld>[0] = {}) => anyBackupWorld({ machines, ...options });

const first = 'shop-20260101T010000Z';
const second = 'shop-20260101T020000Z';

describe('backup', () => {
  it('takes, verifies and copies a backup, and verifies the copy', async () => {
    const world = backupWorld();
    const { output, record } = await world.backupAfterAnHour();

    expect(output).toMatchObject({ backup: first, kind: 'full', site: 'north', copies: ['south'] });
    expect(record).toMatchObject({ kind: 'backup', outcome: 'done', from: 'north', planVersion: 'plan-1' });
    expect(await world.record(first)).toMatchObject({
      intactAt: { north: expect.any(Number), south: expect.any(Number) },
    });
    expect(world.notifier.notices).toMatchObject([{ severity: 'info', title: `shop: backup ${first} is done` }]);
    expect(await world.leases.read('backups:shop')).toBeUndefined();
  });

  it('takes every third backup full, and the others on the one before', async () => {
    const world = backupWorld({ retention: { last: 9 } });
    const kinds = [];
    for (let i = 0; i < 4; i++) kinds.push((await world.backupAfterAnHour()).output);

    expect(kinds).toMatchObject([
      { kind: 'full', why: 'it is the first at north' },
      { kind: 'incremental', why: 'number 2 of its chain' },
      { kind: 'incremental', why: 'number 3 of its chain' },
      { kind: 'full', why: 'one in 3 is full' },
    ]);
  });

  it('takes one backup for one scheduled instant, however often it is asked', async () => {
    const world = backupWorld();
    const scheduledAt = Date.UTC(2026, 0, 1, 2);
    await world.run('backup', { scheduledAt });
    const again = await world.run('backup', { scheduledAt });

    expect(again.output).toMatchObject({ backup: second, why: 'it was taken already' });
    expect(await world.ids('north')).toEqual([second]);
  });

  it('takes a full one when what it was to stand on is damaged, though its note says it is good', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    damageVault(world.backups, 'missing-manifest', first, 'north');
    const { status, output } = await world.backupAfterAnHour();

    expect({ status, output }).toMatchObject({ status: 'SUCCEEDED', output: { backup: second, kind: 'full' } });
  });

  it('takes a full one after a promotion', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    world.backups.failOver('north', 0);

    expect((await world.backupAfterAnHour()).output).toMatchObject({
      kind: 'full',
      why: 'it is the first on branch 2',
    });
  });

  it('is taken where the primary is, and copied home', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    world.backups.failOver('south', 0);

    expect((await world.backupAfterAnHour()).output).toMatchObject({ site: 'south', copies: ['north'] });
  });

  it('waits while the store is in the middle of something', async () => {
    let isFrozen = true;
    const world = backupWorld({ storeState: (state) => (isFrozen ? { ...state, writes: 'refused' } : state) });
    const arn = await world.start('backup');
    expect(await world.ids('north')).toEqual([]);
    isFrozen = false;

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('waits while another run changes the group', async () => {
    const world = backupWorld();
    await world.leases.acquire('group:shop', 'a switchover', 45);
    const began = world.clock.now();

    expect(await world.run('backup')).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(45_000);
  });

  it('gives up on a store that never settles, and says what it looks like', async () => {
    const world = backupWorld({ storeState: (state) => ({ ...state, reach: 'silent' }) });
    const { status, cause, record } = await world.run('backup');

    expect({ status, cause }).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('north silent') });
    expect(record).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('Pointsman.StoreBusy') });
  });

  it('keeps its lease through a backup that takes longer than the lease', async () => {
    const world = backupWorld({ stillWorking: 60 });
    const began = world.clock.now();

    expect(await world.run('backup')).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.clock.now() - began).toBeGreaterThan(4 * 60 * 10_000 * 0.9);
    expect(world.calls.filter(({ name }) => name === 'check-in').length).toBeGreaterThan(200);
  });

  it.each([
    ['is taken', 5],
    ['is copied', 130],
  ])('is aborted by a person while it %s', async (_when, checkIns) => {
    const world = backupWorld({ stillWorking: 60 });
    const arn = await world.start('backup');
    await world.pass(arn, () => world.calls.filter(({ name }) => name === 'check-in').length >= checkIns);
    await world.orders.give({ execution: arn, order: 'abort', by: 'operator', reason: 'disk', at: 0 });

    expect(await world.pass(arn)).toMatchObject({ error: 'Pointsman.Aborted', cause: 'aborted by operator: disk' });
    expect(await world.runs.read(arn)).toMatchObject({ outcome: 'aborted' });
    expect(await world.leases.read('backups:shop')).toBeUndefined();
  });

  it('queues behind the backup before it', async () => {
    const world = backupWorld({ stillWorking: 3 });
    const [one, two] = [await world.start('backup'), await world.start('backup', { scheduledAt: 0 })];
    await world.pass(one);

    expect(await world.ids('north')).toEqual(['shop-20260101T000000Z']);
    expect(await world.pass(two)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await world.ids('north')).toHaveLength(2);
  });

  it('changes nothing when another controller took the lease', async () => {
    const world = backupWorld({ stillWorking: 60 });
    const arn = await world.start('backup');
    await world.leases.release('backups:shop', arn, 1);
    await world.leases.acquire('backups:shop', 'another', 3600);

    expect(await world.pass(arn)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('LeaseLost') });
    expect(await world.ids('north')).toEqual([]);
    expect(await world.leases.read('backups:shop')).toMatchObject({ owner: 'another' });
  });

  it('keeps an archive under its own name and a pin, whatever the plan says', async () => {
    const world = backupWorld({ retention: { last: 1 } });
    await world.backupAfterAnHour({ kind: 'archive', reason: 'audit of 2026' });
    for (let i = 0; i < 3; i++) await world.backupAfterAnHour({ kind: 'full' });

    expect(await world.ids('south')).toEqual(['shop-archive-20260101T010000Z', 'shop-20260101T040000Z']);
    expect(await world.record('shop-archive-20260101T010000Z')).toMatchObject({ pins: ['archive: audit of 2026'] });
  });

  it('is told and recorded even when the ledger is full and nobody listens, and gives the lease back', async () => {
    const world = backupWorld({
      before(name) {
        if (name === 'record-run' || name === 'send-notice') throw new StepFailure('Pointsman.NotifyFailed', 'deaf');
      },
    });

    expect(await world.backupAfterAnHour()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await world.leases.read('backups:shop')).toBeUndefined();
  });
});

describe('a backup is protected only when its copy is complete and was read back', () => {
  it('fails when a copy turns out damaged, naming site and problem', async () => {
    const world = backupWorld({
      before(name, input) {
        if (name === 'verify-backup' && JSON.stringify(input).includes('"south"'))
          damageVault(world.backups, 'flipped-byte', first, 'south');
      },
    });
    const { cause, record } = await world.backupAfterAnHour();

    expect(cause).toContain('it is intact at north, but not protected: south: Pointsman.BackupDamaged');
    expect(record).toMatchObject({ outcome: 'failed', details: { copies: [{ site: 'south' }] } });
    expect(world.notifier.notices).toMatchObject([{ severity: 'critical' }]);
    expect((await world.record(first))?.intactAt).toEqual({ north: expect.any(Number) });
  });

  it('lets no old backup go then', async () => {
    let isDown = false;
    const world = backupWorld({
      fullEvery: 1,
      retention: { last: 1 },
      before(name) {
        if (name === 'copy-backup' && isDown) throw new StepFailure('Pointsman.SiteUnreachable', 'south is down');
      },
    });
    await world.backupAfterAnHour();
    isDown = true;

    expect(await world.backupAfterAnHour()).toMatchObject({ status: 'FAILED' });
    expect(await world.ids('south')).toEqual([first]);
    expect(await world.ids('north')).toEqual([first, second]);
  });

  it('fails when the backup itself is damaged, and copies it nowhere', async () => {
    const world = backupWorld({
      before(name) {
        if (name === 'verify-backup') damageVault(world.backups, 'cut-archive', first, 'north');
      },
    });
    const { cause } = await world.backupAfterAnHour();

    expect(cause).toContain('was changed or cut short');
    expect(await world.ids('south')).toEqual([]);
  });

  it('seals each copy with the key of its site: one lost key leaves the other', async () => {
    const world = backupWorld();
    await world.backupAfterAnHour();
    damageVault(world.backups, 'wrong-key', first, 'north');

    expect(await world.run('restore', { site: 'south' })).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('retention', () => {
  it('removes whole chains that nothing needs, at every site, and the changes between', async () => {
    const world = backupWorld({ retention: { last: 1 } });
    const outputs = [];
    for (let i = 0; i < 4; i++) outputs.push((await world.backupAfterAnHour()).output);

    for (const site of ['north', 'south']) expect(await world.ids(site)).toEqual(['shop-20260101T040000Z']);
    expect(outputs[3]).toMatchObject({ retention: { kept: 1, deferred: [], freedBytes: expect.any(Number) } });
    expect((await world.catalog.list('shop')).map(({ id }) => id)).toEqual(['shop-20260101T040000Z']);
    expect(await world.run('restore')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('defers at a locked vault and does not fail', async () => {
    const world = backupWorld({ retention: { last: 1 }, lockHours: { south: 48 } });
    for (let i = 0; i < 3; i++) await world.backupAfterAnHour();
    const { status, output } = await world.backupAfterAnHour();

    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      retention: {
        removed: [{ site: 'north' }, { site: 'north' }, { site: 'north' }],
        deferred: [
          { id: 'shop-20260101T030000Z', site: 'south', reason: 'locked' },
          { id: second, reason: 'shop-20260101T030000Z, which is locked, stands on it' },
          { id: first, reason: `${second}, which is locked, stands on it` },
        ],
      },
    });
    expect(await world.ids('north')).toEqual(['shop-20260101T040000Z']);
    expect(await world.ids('south')).toHaveLength(4);
  });

  it('removes what was deferred once its lock has ended', async () => {
    const world = backupWorld({ fullEvery: 1, retention: { last: 1 }, lockHours: { south: 2 } });
    for (let i = 0; i < 4; i++) await world.backupAfterAnHour();

    expect(await world.ids('south')).toEqual(['shop-20260101T030000Z', 'shop-20260101T040000Z']);
  });

  it('never expires the last chain that was proven restorable', async () => {
    const world = backupWorld({ fullEvery: 1, retention: { last: 1 } });
    await world.backupAfterAnHour();
    expect(await world.run('restore-drill')).toMatchObject({ status: 'SUCCEEDED' });
    for (let i = 0; i < 3; i++) await world.backupAfterAnHour();

    expect(await world.ids('north')).toEqual([first, 'shop-20260101T040000Z']);
  });

  it('lets the proven one go when a newer one is proven', async () => {
    const world = backupWorld({ fullEvery: 1, retention: { last: 1 } });
    for (let i = 0; i < 3; i++) {
      await world.backupAfterAnHour();
      await world.run('restore-drill');
    }

    expect(await world.ids('north')).toEqual([second, 'shop-20260101T030000Z']);
  });

  it('fails no backup when old ones cannot be removed, and warns', async () => {
    const world = backupWorld({
      before(name) {
        if (name === 'expire-backups') throw new StepFailure('Pointsman.SiteUnreachable', 'south is down');
      },
    });

    expect(await world.backupAfterAnHour()).toMatchObject({
      status: 'SUCCEEDED',
      output: { retention: { failed: 'Pointsman.SiteUnreachable: south is down' } },
    });
    expect(world.notifier.notices).toMatchObject([{ severity: 'warning' }]);
  });
});

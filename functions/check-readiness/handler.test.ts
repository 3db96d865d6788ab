import { describe, expect, it } from 'vitest';
import { memoryBackupCatalog } from '../../adapters/memory/backup-catalog.ts';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { modelWorld } from '../../test/support/model-world.ts';
import { recordedRun } from '../../test/support/recorded-run.ts';
import { planOf } from '../../test/support/recovery-world.ts';
import { checkReadiness } from './handler.ts';

const sites = ['north', 'south', 'west'];

async function group() {
  const model = await modelWorld(sites);
  const ports = {
    ...model,
    catalog: memoryBackupCatalog(),
    leases: memoryLeases(model.clock),
    plans: memoryRecoveryPlans(new Map([['shop', planOf('shop', sites)]])),
    runs: memoryRecoveryRuns(),
  };
  const look = (mode: string, more = {}) =>
    checkReadiness.run(checkReadiness.read({ group: 'shop', mode, ...more }), ports, idleCall);
  const check = async (mode: string, name: string, more = {}) =>
    (await look(mode, more)).checks.find((each) => each.name === name);
  /** Changes what the store shows of a site. */
  const show = (name: string, shown: object) => {
    const { observe } = model.store;
    Object.assign(model.store, {
      observe: async (asked: string) => {
        const state = await observe(asked);
        return { ...state, sites: state.sites.map((site) => (site.site === name ? { ...site, ...shown } : site)) };
      },
    });
  };
  return { ...ports, model, look, check, show };
}

describe('checkReadiness for a switchover', () => {
  it('is ready when both sides are well', async () => {
    const { look } = await group();

    expect(await look('switchover')).toMatchObject({
      verdict: 'ready',
      primary: 'north',
      home: 'north',
      candidates: ['south', 'west'],
      planVersion: 'plan-1',
      forecast: { text: 'switch over now: nobody measured how long it takes, loses nothing' },
    });
  });

  it.each(['hang', 'kill', 'partition'] as const)('is not ready after a %s of the primary', async (strike) => {
    const { model, look } = await group();
    model.store[strike]('north');

    expect(await look('switchover')).toMatchObject({ verdict: 'not-ready', primary: 'north' });
  });

  it('needs a candidate that gets changes', async () => {
    const { model, check } = await group();
    for (const site of ['south', 'west']) model.store.hold(site, 'sent');

    expect(await check('switchover', 'stream')).toMatchObject({
      status: 'fail',
      evidence: 'no candidate gets changes',
    });
  });

  it('says why a site that was asked for cannot take over', async () => {
    const { check } = await group();

    expect(await check('switchover', 'candidate', { to: 'east' })).toMatchObject({
      status: 'fail',
      evidence: 'east is no site of the group; able are: south, west',
    });
    expect(await check('switchover', 'candidate', { to: 'north' })).toMatchObject({
      evidence: 'north is the primary; able are: south, west',
    });
  });

  it('warns when more is missing than may be lost', async () => {
    const { model, check } = await group();
    for (const site of ['south', 'west']) model.store.hold(site, 'sent');
    for (let i = 0; i < 20; i++) await model.write();

    expect(await check('switchover', 'lag')).toMatchObject({
      status: 'warn',
      evidence: 'south lacks 1920 bytes, 0.0 s; at most 1000 bytes and 5 s may be lost',
    });
  });

  it('fails when what must be alike is not', async () => {
    const { check, show } = await group();
    show('south', { settings: { engine: 'model', max_connections: '50' } });

    expect(await check('switchover', 'settings')).toMatchObject({
      status: 'fail',
      evidence: 'max_connections is 50 at south and unset at north',
    });
  });

  it('fails when a site holds other data, and does not count it as able', async () => {
    const { check, look, show } = await group();
    show('west', { lineage: 'another' });

    expect(await check('switchover', 'lineage')).toMatchObject({ status: 'fail' });
    expect((await look('switchover')).candidates).toEqual(['south']);
  });

  it('warns of dangers that sites show', async () => {
    const { check, show } = await group();
    show('south', { warnings: ['a slot fills the disk'] });

    expect(await check('switchover', 'dangers')).toMatchObject({
      status: 'warn',
      evidence: 'south: a slot fills the disk',
    });
  });

  it('lets a run begin where an earlier one got stuck: writes held, the primary frozen', async () => {
    const { model, endpoint, look } = await group();
    await endpoint.change('shop', 1, 1, { site: 'north', sessions: 'held' });
    await model.store.freeze('shop', 'north', 1);
    const { verdict, checks } = await look('switchover');

    expect(verdict).toBe('ready');
    expect(checks.filter(({ status }) => status === 'warn').map(({ name }) => name)).toEqual([
      'primary',
      'endpoint',
      'proven-backup',
    ]);
  });

  it('fails when the endpoint does not point to the primary', async () => {
    const { endpoint, check } = await group();
    await endpoint.change('shop', 1, 1, { site: 'south', sessions: 'open' });

    expect(await check('switchover', 'endpoint')).toMatchObject({
      status: 'fail',
      evidence: 'it is open and points to south, not to north',
    });
  });

  it('fails while another run moves the group, and not for the run that asks', async () => {
    const { leases, check } = await group();
    await leases.acquire('group:shop', 'run', 60);

    expect(await check('switchover', 'other-runs')).toMatchObject({ status: 'fail' });
    expect(await check('switchover', 'other-runs', { owner: 'run' })).toMatchObject({ status: 'pass' });
  });

  it('warns while a backup is taken', async () => {
    const { leases, check } = await group();
    await leases.acquire('backups:shop', 'nightly', 60);

    expect(await check('switchover', 'other-runs')).toMatchObject({
      status: 'warn',
      evidence: 'nightly takes a backup',
    });
  });

  it('knows how old the last proven restore is', async () => {
    const { catalog, clock, check } = await group();
    expect(await check('switchover', 'proven-backup')).toMatchObject({ status: 'warn' });
    await catalog.note('shop', 'backup-1', { lastVerifiedAt: clock.now() - 3600_000 });

    expect(await check('switchover', 'proven-backup')).toEqual({
      name: 'proven-backup',
      status: 'pass',
      evidence: 'a restore was proven 1.0 h ago; wanted within 48 h',
      ageSeconds: 3600,
    });
  });
});

describe('checkReadiness for a failover', () => {
  it('has two signs when the primary is killed: ours and its standbys’', async () => {
    const { model, look } = await group();
    model.store.kill('north');

    expect(await look('failover')).toMatchObject({ verdict: 'ready', signals: ['own-look', 'stream'] });
  });

  it('has one sign when only the streams are broken, and is not ready', async () => {
    const { model, look } = await group();
    for (const site of ['south', 'west']) model.store.hold(site, 'sent');

    expect(await look('failover')).toMatchObject({ verdict: 'not-ready', signals: ['stream'] });
  });

  it('is not ready for two signs when the primary answers us', async () => {
    const { model, endpoint, look } = await group();
    for (const site of ['south', 'west']) model.store.hold(site, 'sent');
    const { observe } = endpoint;
    Object.assign(endpoint, { observe: async (name: string) => ({ ...(await observe(name)), failingSince: 0 }) });

    expect(await look('failover')).toMatchObject({ verdict: 'not-ready', signals: ['stream', 'endpoint'] });
  });

  it('finds the most advanced candidate first', async () => {
    const { model, look } = await group();
    model.store.hold('south', 'sent');
    await model.write();
    model.store.kill('north');

    expect((await look('failover')).candidates).toEqual(['west', 'south']);
  });

  it('forecasts what it takes, from measured runs, and what it loses', async () => {
    const { model, runs, look } = await group();
    for (const actual of [3, 4, 9])
      await runs.record({ ...recordedRun, execution: `run-${actual}`, rtoSeconds: { planned: 30, actual } });
    for (const site of ['south', 'west']) model.store.hold(site, 'sent');
    for (let i = 0; i < 3; i++) await model.write();

    expect((await look('failover')).forecast).toMatchObject({
      seconds: 4,
      runs: 3,
      text: 'fail over now: about 4 s, loses 3 commits',
    });
  });
});

describe('checkReadiness for a failback', () => {
  it('is not ready at home, and is ready away from it', async () => {
    const { model, endpoint, look } = await group();
    expect(await look('failback')).toMatchObject({ verdict: 'not-ready' });
    model.store.kill('north');
    await model.store.promote('shop', 'south', 1, undefined);
    await endpoint.change('shop', 1, 1, { site: 'south', sessions: 'open' });

    expect(await look('failback')).toMatchObject({ verdict: 'ready', primary: 'south', home: 'north' });
  });

  it('knows the failover whose lost rows were not read', async () => {
    const { runs, look } = await group();
    await runs.record(recordedRun);

    expect((await look('failback')).pendingLedger).toMatchObject({ execution: 'arn:failover', site: 'north' });
  });
});

describe('the hash of the readiness', () => {
  it('stays while only the lag and the clock move', async () => {
    const { model, look } = await group();
    const { hash } = await look('switchover');
    model.store.hold('south', 'sent');
    await model.write();
    model.clock.advance(60_000);
    model.store.hold('south', 'nothing');

    expect((await look('switchover')).hash).toBe(hash);
  });

  it('changes with who can take over, with the mode, and with what fails', async () => {
    const { model, look } = await group();
    const [first, other] = [await look('switchover'), await look('failover')];
    model.store.kill('west');
    const second = await look('switchover');
    model.store.kill('north');
    const third = await look('switchover');

    expect(new Set([first, other, second, third].map(({ hash }) => hash)).size).toBe(4);
  });
});

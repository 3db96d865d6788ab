import { beforeEach, describe, expect, it } from 'vitest';
import type { RunOrder } from '../../functions/ports/run-orders.ts';
import { modelWorld } from '../support/model-world.ts';
import { recoveryMachines, recoveryWorld, type RecoveryWorld } from '../support/recovery-world.ts';

const machines = recoveryMachines();
type Model = Awaited<ReturnType<typeof modelWorld>>;

let model: Model;
let world: RecoveryWorld;
/** What happens before a call of a step function. */
let before: (name: string) => void | Promise<void>;
beforeEach(async () => {
  model = await modelWorld(['north', 'south', 'west']);
  before = () => undefined;
  world = recoveryWorld(model, {
    machines,
    async before(name) {
      await before(name);
      await model.write();
      for (const site of model.sites) await model.writeAt(site);
    },
  });
});

const switchOver = async (input: { readonly to?: string } = {}) =>
  world.run('switchover', { ...input, approval: await world.approval('switchover', input) });
const calls = () => world.calls.map(({ name }) => name);
const order = (execution: string, given: Partial<RunOrder> & Pick<RunOrder, 'order'>) =>
  world.orders.give({ execution, by: 'ana', reason: 'because', at: world.clock.now(), ...given });
const endpoint = () => world.endpoint.observe('shop');

describe('a switchover', () => {
  it('loses no acknowledged write, also of clients that go past the endpoint', async () => {
    const summary = await switchOver();

    expect(summary).toMatchObject({ status: 'SUCCEEDED' });
    expect(model.acknowledged.length).toBeGreaterThan(5);
    expect(model.missingAt('south')).toEqual([]);
    expect(await endpoint()).toMatchObject({ site: 'south', sessions: 'open', epoch: 1 });
  });

  it('never lets two sites take writes in one epoch', async () => {
    await switchOver();

    expect([...model.wroteAt.values()].map((sites) => sites.size)).toEqual([1, 1]);
    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
  });

  it('has no state that waits, and no sign of life, between holding and opening writes', async () => {
    await switchOver();
    const outage = calls().slice(calls().indexOf('point-writes'), calls().lastIndexOf('point-writes') + 1);

    expect(outage).toEqual([
      'point-writes',
      'freeze-site',
      'await-position',
      'stop-site',
      'choose-candidate',
      'promote-site',
      'probe-site',
      'point-writes',
    ]);
    expect(world.clock.now()).toBe(Date.UTC(2026, 0, 1));
  });

  it('holds its lease for longer than writes may wait', async () => {
    world = recoveryWorld(model, { machines, plan: { catchUpSeconds: 900 } });
    await switchOver();
    const renewed = world.calls.find(({ name }) => name === 'check-in')?.input;

    expect(renewed).toMatchObject({ ttlSeconds: 1020 });
  });

  it('promotes with the token of the old primary, and records it', async () => {
    await switchOver();
    const [run] = await world.runs.list('shop', 1);

    expect(run).toMatchObject({
      outcome: 'done',
      token: { site: 'north', epoch: 1 },
      rpo: { lostBytes: '0', lostRows: 0 },
    });
    expect(world.calls.find(({ name }) => name === 'promote-site')?.input).toMatchObject({ token: run?.token });
  });

  it('leaves the old side following the new primary, as it was, and the other standbys too', async () => {
    await switchOver();
    const { sites } = await world.store.observe('shop');

    expect(sites.map(({ site, role, follows, stream }) => [site, role, follows, stream])).toEqual([
      ['north', 'standby', 'south', 'flowing'],
      ['south', 'primary', undefined, 'none'],
      ['west', 'standby', 'south', 'flowing'],
    ]);
    expect(calls()).not.toContain('rebuild-site');
  });

  it('chooses the candidate after the old primary has stopped, whoever had been ahead before', async () => {
    before = (name) => {
      // South has everything when it is waited for, and misses the shutdown; west has it all.
      if (name === 'stop-site') model.store.hang('south');
    };
    await switchOver();

    expect(await endpoint()).toMatchObject({ site: 'west', sessions: 'open' });
    expect(model.missingAt('west')).toEqual([]);
  });

  it('goes where it is asked to go', async () => {
    await switchOver({ to: 'west' });

    expect(await endpoint()).toMatchObject({ site: 'west' });
  });

  it('is given up at the deadline, and nothing is lost', async () => {
    before = (name) => {
      if (name === 'freeze-site') for (const site of ['south', 'west']) model.store.hold(site, 'applied');
    };
    const { status, cause } = await switchOver();

    expect(status).toBe('FAILED');
    expect(cause).toContain('shop was not switched over, and nothing was lost: Pointsman.TooLate');
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
    expect(await model.write()).toBe(true);
    expect(model.missingAt('north')).toEqual([]);
  });

  it.each(['point-writes', 'freeze-site', 'await-position', 'stop-site', 'choose-candidate'])(
    'puts everything back when %s fails for good before the promotion',
    async (broken) => {
      before = (name) => {
        if (name === broken) throw new TypeError('it broke');
      };
      const { error, cause } = await switchOver();

      expect({ error, cause }).toMatchObject({
        error: 'Pointsman.Aborted',
        cause: expect.stringContaining('it broke'),
      });
      before = () => undefined;
      expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['north']);
      expect(await model.write()).toBe(true);
      expect(model.missingAt('north')).toEqual([]);
      expect(await world.leases.read('group:shop')).toBeUndefined();
    },
  );

  it.each(['probe-site', 'follow-site', 'check-replication', 'record-run', 'send-notice', 'release-lease'])(
    'goes only forward when %s fails after the promotion',
    async (broken) => {
      before = (name) => {
        if (name === broken) throw new TypeError('it broke');
      };
      await switchOver();

      expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
      expect(calls()).not.toContain('return-writes');
      expect(model.missingAt('south')).toEqual([]);
    },
  );

  it('observes what became of a promotion whose answer was lost, and promotes once', async () => {
    const { promote } = model.store;
    let asked = 0;
    Object.assign(model.store, {
      async promote(...input: Parameters<typeof promote>) {
        const promotion = await promote(...input);
        if (++asked === 1) throw new Error('the connection was reset');
        return promotion;
      },
    });
    await switchOver();
    const { sites } = await world.store.observe('shop');

    expect(asked).toBe(2);
    expect(sites.find(({ site }) => site === 'south')?.received?.branch).toBe('2');
  });

  it('says what is left to do when the old side does not come back', async () => {
    before = (name) => {
      if (name === 'follow-site') model.store.partition('north');
    };
    await switchOver();

    expect((await world.runs.list('shop', 1))[0]).toMatchObject({
      outcome: 'done',
      stamps: { settled: null },
      details: { pending: [expect.stringContaining('north does not follow')] },
    });
  });
});

describe('a switchover whose old primary hangs while writes wait', () => {
  const hangsOnTheWay = () => {
    before = (name) => {
      if (name === 'freeze-site') model.store.hang('north');
    };
    return switchOver();
  };

  it('promotes nobody, tells what to do, and gives the lease back', async () => {
    const { error } = await hangsOnTheWay();

    expect(error).toBe('Pointsman.SwitchoverFailed');
    expect(calls()).not.toContain('promote-site');
    expect(world.notifier.notices.find(({ key }) => key.endsWith('/stuck'))).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining(
        'Nothing was promoted. Mend north and switch over again, or fail over: pointsman recovery failover shop',
      ),
    });
    expect(await world.leases.read('group:shop')).toBeUndefined();
  });

  it('can be followed by a failover, for which clients have waited', async () => {
    await hangsOnTheWay();
    before = () => undefined;
    const { status } = await world.run('failover', { approval: await world.approval('failover') });

    expect(status).toBe('SUCCEEDED');
    expect(await endpoint()).toMatchObject({ site: 'south', sessions: 'open' });
    expect(model.missingAt('south')).toEqual([]);
  });

  it('can be tried again when the old primary is back, and serves in the end', async () => {
    await hangsOnTheWay();
    before = () => undefined;
    model.store.heal('north');
    await model.store.start('shop', 'north', 1); // it had been alone for too long, and had stopped by itself

    expect(await switchOver()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await endpoint()).toMatchObject({ site: 'south', sessions: 'open' });
    expect(model.missingAt('south')).toEqual([]);
  });
});

describe('the approval of a switchover', () => {
  it('is refused when the facts changed since', async () => {
    const approval = await world.approval('switchover');
    model.store.kill('west');
    const { error, cause } = await world.run('switchover', { approval });

    expect(error).toBe('Pointsman.Refused');
    expect(cause).toMatch(/it is for the facts [0-9a-f]+, which are [0-9a-f]+ now: look again/);
    expect(calls()).not.toContain('point-writes');
  });

  it('holds when only the lag changed since', async () => {
    const approval = await world.approval('switchover');
    model.clock.advance(3000);
    await model.write();

    expect(await world.run('switchover', { approval })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('expires', async () => {
    const approval = await world.approval('switchover', { expiresAt: world.clock.now() - 1 });

    expect((await world.run('switchover', { approval })).cause).toContain('it expired at 2025-12-31T23:59:59.999Z');
  });

  it('is for one plan version', async () => {
    const approval = await world.approval('switchover');
    const other = recoveryWorld(model, { machines, plan: { version: 'plan-2' } });

    expect((await other.run('switchover', { approval })).cause).toContain(
      'it is for plan plan-1, and the plan is plan-2',
    );
  });

  it('cannot set aside that both sides must be healthy', async () => {
    model.store.kill('north');
    const overrides = [{ check: 'primary', reason: 'I insist' }];
    const { error, cause } = await world.run('switchover', {
      approval: await world.approval('switchover', { overrides }),
    });

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.Refused',
      cause: expect.stringContaining('cannot be set aside'),
    });
  });
});

/** The first execution of a world. */
const first = 'arn:aws:states:us-east-1:000000000000:execution:switchover:switchover-1';

describe('a person during a switchover', () => {
  it('pauses it before writes are held, and it goes on when told', async () => {
    await order(first, { order: 'pause' });
    const arn = await world.start('switchover', { approval: await world.approval('switchover') });
    let rounds = 0;
    await world.pass(arn, () => ++rounds > 5);
    expect(calls()).not.toContain('point-writes');
    await order(arn, { order: 'resume' });

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('aborts it while the standby catches up', async () => {
    before = async (name) => {
      if (name === 'freeze-site') for (const site of ['south', 'west']) model.store.hold(site, 'sent');
      if (name === 'await-position') await order(first, { order: 'abort' });
    };
    const { error } = await switchOver();

    expect(error).toBe('Pointsman.Aborted');
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
  });

  const escalate = async (allowLoss: RunOrder['allowLoss']) => {
    let isSlow = false;
    before = async (name) => {
      if (name === 'point-writes' && !isSlow) {
        isSlow = true;
        for (const site of ['south', 'west']) model.store.hold(site, 'sent');
        await model.writeAt('north');
      }
      if (name === 'await-position')
        await order(first, {
          order: 'escalate',
          ...(allowLoss && { allowLoss }),
        });
    };
    return switchOver();
  };

  it('escalates it with a consent of its own, and what is lost is counted in rows', async () => {
    const { status, output } = await escalate({ bytes: 100_000, seconds: 100 });
    const runs = await world.runs.list('shop', 5);
    const failover = runs.find(({ kind }) => kind === 'failover');

    expect({ status, ...JSON.parse(output ?? '{}') }).toMatchObject({
      status: 'SUCCEEDED',
      outcome: 'escalated',
      to: 'south',
    });
    expect(failover).toMatchObject({
      outcome: 'done',
      overrides: [expect.stringContaining('primary-lost: escalated')],
    });
    expect(failover?.lost?.rows.map(({ key }) => key['id'])).toEqual(model.missingAt('south'));
    expect(await world.leases.read('group:shop')).toBeUndefined();
  });

  it('does not escalate it without saying what may be lost: writes go back', async () => {
    const { error, cause } = await escalate(undefined);

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.Aborted',
      cause: expect.stringContaining('how much may be lost'),
    });
    expect(model.missingAt('north')).toEqual([]);
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
  });
});

describe('a second run of the same group', () => {
  it('is refused, naming who moves it', async () => {
    await world.leases.acquire('group:shop', 'somebody else', 1000);
    const { error, cause } = await switchOver();

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.Refused',
      cause: expect.stringContaining('somebody else holds the lease'),
    });
    expect(await world.leases.read('group:shop')).toMatchObject({ owner: 'somebody else' });
  });

  it('shuts out an earlier one that has not noticed that its lease is lost', async () => {
    before = async (name) => {
      if (name !== 'stop-site') return;
      const lease = await world.leases.read('group:shop');
      await world.leases.release('group:shop', lease?.owner ?? '', lease?.epoch ?? 0);
      const { epoch } = await world.leases.acquire('group:shop', 'somebody else', 1000);
      await world.store.freeze('shop', 'north', epoch);
    };
    const { error, cause } = await switchOver();

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.SwitchoverFailed',
      cause: expect.stringContaining('Pointsman.LeaseLost'),
    });
    expect(calls()).not.toContain('return-writes');
    expect(await world.leases.read('group:shop')).toMatchObject({ owner: 'somebody else' });
  });
});

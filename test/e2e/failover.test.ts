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
const setUp = async (sites?: readonly string[], selfStopSeconds?: number) => {
  model = await modelWorld(sites, selfStopSeconds);
  before = () => undefined;
  world = recoveryWorld(model, {
    machines,
    async before(name) {
      await before(name);
      await model.write();
      await model.writeAt('north');
    },
  });
  await model.write();
  model.store.hold('south', 'sent');
};
beforeEach(() => setUp(['north', 'south'], 10));

type More = Parameters<RecoveryWorld['approval']>[1];
const failOver = async (more: More = {}) => world.run('failover', { approval: await world.approval('failover', more) });
const calls = () => world.calls.map(({ name }) => name);
const levels = () =>
  world.calls.flatMap(({ name, input }) =>
    name === 'fence-site' ? [JSON.parse(JSON.stringify(input)).level as string] : [],
  );
const order = (execution: string, given: Partial<RunOrder> & Pick<RunOrder, 'order'>) =>
  world.orders.give({ execution, by: 'ana', reason: 'because', at: world.clock.now(), ...given });
const endpoint = () => world.endpoint.observe('shop');
const lastRun = async (kind: string) => (await world.runs.list('shop', 10)).find((run) => run.kind === kind);
const lostIds = async () => (await lastRun('failover'))?.lost?.rows.map(({ key }) => key['id']);

describe('a failover', () => {
  it('lists exactly the acknowledged rows that are missing', async () => {
    for (let i = 0; i < 3; i++) await model.write();
    model.store.kill('north');
    const summary = await failOver();

    expect(JSON.parse(summary.output ?? '')).toMatchObject({ outcome: 'done', to: 'south', lostRows: 3 });
    expect(model.missingAt('south')).toEqual([2, 3, 4]);
    expect(await lostIds()).toEqual([2, 3, 4]);
    expect((await lastRun('failover'))?.rpo).toMatchObject({ lostRows: 3, lostCommits: 3, lostBytes: '288' });
  });

  it('never starts from one sign alone', async () => {
    model.store.hold('south', 'sent'); // the stream is broken, and the primary lives
    const { error, cause } = await failOver();

    expect(error).toBe('Pointsman.Refused');
    expect(cause).toContain('1 of 2 independent signs that north is lost');
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
  });

  it('can be vouched for by a person, by name, and the report says so', async () => {
    const overrides = [{ check: 'primary-lost', reason: 'the building burns' }];
    const { status } = await failOver({ overrides });

    expect(status).toBe('SUCCEEDED');
    expect((await lastRun('failover'))?.overrides).toEqual(['primary-lost: the building burns (operator)']);
    expect(await lostIds()).toEqual(model.missingAt('south'));
  });

  it('is refused without a word on what may be lost', async () => {
    model.store.kill('north');
    const approval = await world.approval('failover');
    const { cause } = await world.run('failover', { approval: { ...(approval as object), allowLoss: null } });

    expect(cause).toContain('does not say how much may be lost');
  });

  it('fences before it chooses, and chooses before it promotes', async () => {
    model.store.kill('north');
    await failOver();
    const [fence, choose, promote, open] = ['fence-site', 'choose-candidate', 'promote-site', 'point-writes'].map(
      (name) => calls().lastIndexOf(name),
    );

    expect([fence, choose, promote, open].toSorted((a = 0, b = 0) => a - b)).toEqual([fence, choose, promote, open]);
  });

  it('climbs the ladder to the first rung that is confirmed, and records each', async () => {
    model.store.hang('north');
    await failOver();

    expect(levels()).toEqual(['refuse-writes', 'stop']);
    expect((await lastRun('failover'))?.fences.map(({ level, confirmed }) => [level, confirmed])).toEqual([
      ['refuse-writes', false],
      ['stop', true],
    ]);
  });

  it('waits until a primary that is cut off and alive has stopped by itself', async () => {
    model.store.partition('north');
    const startedAt = world.clock.now();
    const arn = await world.start('failover', { approval: await world.approval('failover') });
    expect(calls()).not.toContain('promote-site');
    expect(await model.writeAt('north')).toBe(true); // beside its clients it lives
    await world.pass(arn);

    expect(world.clock.now() - startedAt).toBeGreaterThan(10_000);
    expect(levels()).toEqual(['refuse-writes', 'stop', 'isolate', 'lease-expiry', 'lease-expiry']);
    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
    expect([...model.wroteAt.values()].map((sites) => sites.size)).toEqual([1, 1]);
  });

  it('stops a primary that comes back while it waits, and does not wait for a person', async () => {
    model.store.partition('north');
    const arn = await world.start('failover', { approval: await world.approval('failover') });
    model.store.heal('north');

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(levels().slice(-2)).toEqual(['refuse-writes', 'stop']);
    expect(calls().filter((name) => name === 'check-in')).toHaveLength(2);
    expect(await lostIds()).toEqual(model.missingAt('south'));
  });

  it('chooses the most advanced standby of the same data', async () => {
    await setUp(['north', 'south', 'west']);
    await model.write();
    await model.write();
    model.store.kill('north');
    await failOver();

    expect(await endpoint()).toMatchObject({ site: 'west', sessions: 'open' });
    expect(model.missingAt('west')).toEqual([]);
    const { sites } = await world.store.observe('shop');
    expect(sites.find(({ site }) => site === 'south')).toMatchObject({ follows: 'west', stream: 'broken' });
  });

  it('keeps the old primary from coming back', async () => {
    model.store.kill('north');
    await failOver();
    model.store.heal('north');
    model.clock.advance(60_000);

    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
  });

  it('goes on when the endpoint cannot be reached to hold writes', async () => {
    model.store.kill('north');
    let asked = 0;
    before = (name) => {
      if (name === 'point-writes' && ++asked <= 3) throw new Error('the endpoint is down');
    };

    expect(await failOver()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await endpoint()).toMatchObject({ site: 'south', sessions: 'open' });
  });
});

describe('a failover that is done', () => {
  const backups = async () => {
    const { items } = await world.executions.list({ limit: 100 });
    return items.filter(({ machineArn }) => machineArn.endsWith(':backup')).map(({ input }) => JSON.parse(input));
  };

  it('has a full backup of the new primary started', async () => {
    model.store.kill('north');
    await failOver();

    expect(await backups()).toMatchObject([{ group: 'shop', kind: 'full', reason: 'the failover to south' }]);
    expect((await lastRun('failover'))?.details['pending']).toEqual([]);
  });

  it('has none started of a rehearsal', async () => {
    model.store.hold('south', 'nothing');
    await world.run('failover-drill');

    expect(await backups()).toEqual([]);
  });
});

describe('a failover that would lose more than was allowed', () => {
  const tooMuch = async () => {
    for (let i = 0; i < 5; i++) await model.write();
    model.store.kill('north');
    return world.start('failover', {
      approval: await world.approval('failover', { allowLoss: { bytes: 100, seconds: 3600 } }),
    });
  };
  const untilAsked = (arn: string) => {
    let rounds = 0;
    return world.pass(arn, () => ++rounds > 4);
  };

  it('waits for a person before the promotion, and tells once', async () => {
    await untilAsked(await tooMuch());

    expect(calls()).not.toContain('promote-site');
    const asked = world.notifier.notices.filter(({ key }) => key.endsWith('failover-waits-for-loss'));
    expect(asked.map(({ text }) => text)).toEqual([
      'south lacks 480 bytes, 0 s of what north had, and 100 bytes and 3600 s may be lost. Escalate with a higher allowance, or abort',
    ]);
    expect(await endpoint()).toMatchObject({ sessions: 'held' });
  });

  it('goes on when a person allows more, and records who', async () => {
    const arn = await tooMuch();
    await untilAsked(arn);
    await order(arn, { order: 'escalate', allowLoss: { bytes: 1000, seconds: 3600 } });

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await lastRun('failover'))?.approvals.at(-1)).toBe('ana: a loss of at most 1000 bytes and 3600 s: because');
    expect(await lostIds()).toEqual(model.missingAt('south'));
  });

  it('keeps waiting when what is allowed is still too little', async () => {
    const arn = await tooMuch();
    await untilAsked(arn);
    await order(arn, { order: 'escalate', allowLoss: { bytes: 200, seconds: 3600 } });
    await untilAsked(arn);

    expect(calls()).not.toContain('promote-site');
  });

  it('gives everything back when a person aborts: the old primary takes writes again', async () => {
    const arn = await tooMuch();
    await untilAsked(arn);
    await order(arn, { order: 'abort' });
    const { error } = await world.pass(arn);

    expect(error).toBe('Pointsman.Aborted');
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
    expect(await model.write()).toBe(true);
    expect(model.missingAt('north')).toEqual([]);
  });

  it('keeps its lease while it waits', async () => {
    const arn = await tooMuch();
    let rounds = 0;
    await world.pass(arn, () => ++rounds > 300);
    const lease = await world.leases.read('group:shop');

    expect(lease?.expiresAt).toBeGreaterThan(world.clock.now());
  });

  it('gives up when nobody answers in an hour, and gives writes back', async () => {
    const arn = await tooMuch();
    const { error, cause } = await world.pass(arn);

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.Aborted',
      cause: expect.stringContaining('nobody answered for 3600 s'),
    });
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
  });
});

describe('a failover without a confirmed fence', () => {
  beforeEach(async () => {
    model = await modelWorld(['north', 'south'], Infinity); // it never stops by itself
    world = recoveryWorld(model, { machines });
    await model.write();
    model.store.partition('north');
  });
  const stuck = async () => {
    const arn = await world.start('failover', { approval: await world.approval('failover') });
    let rounds = 0;
    await world.pass(arn, () => ++rounds > 10);
    return arn;
  };

  it('promotes nobody', async () => {
    await stuck();

    expect(calls()).not.toContain('promote-site');
    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['north']);
  });

  it('goes on when the old primary can be reached and stopped after all', async () => {
    const arn = await stuck();
    model.store.heal('north');

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
  });

  it('goes on when a person vouches that it cannot write, and the report names them', async () => {
    const arn = await stuck();
    await order(arn, { order: 'resume', reason: 'I pulled the plug' });

    expect(await world.pass(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect((await lastRun('failover'))?.overrides).toEqual(['fence: I pulled the plug (ana)']);
  });

  it('does not take an order that was given before it asked for a word', async () => {
    const first = 'arn:aws:states:us-east-1:000000000000:execution:failover:failover-1';
    await world.orders.give({
      execution: first,
      order: 'resume',
      by: 'ana',
      reason: 'go on',
      at: world.clock.now() - 1,
    });
    await stuck();

    expect(calls()).not.toContain('promote-site');
  });
});

describe('a failback', () => {
  const failHomeOver = async () => {
    await model.write();
    model.store.kill('north');
    await failOver();
    model.store.hold('south', 'nothing');
  };
  const failBack = async () => world.run('failback', { approval: await world.approval('failback') });

  it('brings the group home, and both sides hold the same', async () => {
    await failHomeOver();
    const lost = model.missingAt('south');

    expect(await failBack()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await endpoint()).toMatchObject({ site: 'north', sessions: 'open' });
    expect(await world.store.contents('shop', 'north')).toEqual(await world.store.contents('shop', 'south'));
    expect(model.missingAt('north')).toEqual(lost);
  });

  it('puts the old data into quarantine and never trusts it', async () => {
    await failHomeOver();
    const { output } = await failBack();

    expect(JSON.parse(output ?? '')).toMatchObject({ quarantine: 'north.quarantine-2' });
    expect(calls()).toContain('rebuild-site');
  });

  it('reads the lost writes first when the failover could not, and completes its report', async () => {
    model.store.partition('north');
    await failOver();
    expect((await lastRun('failover'))?.lost).toBeNull();
    model.store.heal('north');
    model.store.hold('south', 'nothing');
    await failBack();

    expect(await lostIds()).toEqual(model.missingAt('north'));
    expect((await lastRun('failover'))?.rpo).toMatchObject({ lostRows: model.missingAt('north').length });
  });

  it('touches nothing while the old data cannot be read', async () => {
    model.store.partition('north');
    await failOver();
    const { error, cause } = await failBack();

    expect({ error, cause }).toMatchObject({
      error: 'Pointsman.FailbackFailed',
      cause: expect.stringContaining('SiteUnreachable'),
    });
    expect(calls()).not.toContain('rebuild-site');
    expect(model.store.writable('shop').map(({ site }) => site)).toEqual(['south']);
  });

  it('is refused at home', async () => {
    expect((await failBack()).cause).toContain('north is the primary already');
  });

  it('comes home by a switchover, never by another failover', async () => {
    await failHomeOver();
    await failBack();
    const kinds = (await world.runs.list('shop', 10)).map(({ kind }) => kind).toSorted();

    expect(kinds).toEqual(['failback', 'failover', 'switchover']);
  });
});

describe('a failover drill', () => {
  beforeEach(() => model.store.hold('south', 'nothing'));

  it('runs the same failover on copies, and the real group is not touched', async () => {
    const real = await endpoint();
    expect(await world.run('failover-drill')).toMatchObject({ status: 'SUCCEEDED' });
    const { sites } = await world.store.observe('shop');

    expect(sites.map(({ site, role, writes, epoch }) => [site, role, writes, epoch])).toEqual([
      ['north', 'primary', 'accepted', 0],
      ['south', 'standby', 'refused', 0],
    ]);
    expect(await endpoint()).toEqual(real);
    expect((await world.runs.list('shop--drill', 5)).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['failover', 'done'],
    ]);
  });

  it('records what it took, and the forecast knows it', async () => {
    before = () => model.clock.advance(250);
    await world.run('failover-drill');
    const run = await lastRun('failover-drill');
    model.store.kill('north');
    await failOver();

    expect(run?.rtoSeconds?.actual).toBeGreaterThan(0);
    expect((await lastRun('failover'))?.details['forecast']).toMatch(/^fail over now: about [\d.]+ s, loses nothing$/);
  });

  it.each(['stage-drill', 'check-readiness', 'fence-site', 'promote-site'])(
    'clears away what it staged when %s fails for good',
    async (broken) => {
      before = (name) => {
        if (name === broken) throw new TypeError('it broke');
      };
      const { error, cause } = await world.run('failover-drill');

      expect({ error, cause }).toMatchObject({
        error: 'Pointsman.DrillFailed',
        cause: expect.stringContaining('it broke'),
      });
      await expect(world.store.observe('shop--drill')).rejects.toMatchObject({ name: 'Pointsman.NoSuchSite' });
      expect(await world.leases.read('group:shop--drill')).toBeUndefined();
    },
  );

  it('does not stand in the way of a real failover', async () => {
    let isOn = false;
    before = async (name) => {
      if (name !== 'fence-site' || isOn) return;
      isOn = true;
      expect(await world.leases.read('group:shop')).toBeUndefined();
    };
    await world.run('failover-drill');

    expect(isOn).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';
import { fakeHost, type FakeHostOptions } from '../../testing/fake-host.ts';
import { fakeIo, noon } from '../../testing/fake-io.ts';

const readiness = {
  mode: 'failover',
  verdict: 'not-ready',
  checks: [
    { name: 'replication', status: 'pass', evidence: 'south streams', ageSeconds: 0 },
    { name: 'backups', status: 'fail', evidence: 'never restored', ageSeconds: 0 },
  ],
  hash: 'f00d',
  planVersion: 'a1',
  primary: 'north',
  candidates: ['south'],
  signals: [],
  forecast: { seconds: 4, text: 'fail over now: about 4 s, loses 3 commits' },
};
const run = {
  execution: 'arn:aws:states:us-east-1:000000000000:execution:failover:shop-failover-1',
  group: 'shop',
  kind: 'failover',
  outcome: 'done',
  reason: 'the site burns',
  from: 'north',
  to: 'south',
  startedAt: noon,
  endedAt: noon + 9_000,
  rtoSeconds: { planned: 60, actual: 4.2 },
  rpo: { lostBytes: '512', lostCommits: 1, lostRows: 1 },
  fences: [{ level: 'stop', confirmed: true, evidence: 'process 12 ended' }],
  lost: {
    rowCount: 1,
    rows: [{ table: 'public.orders', change: 'insert', row: { id: 7 } }],
    quarantine: 'north/quarantine/epoch-4',
  },
  approvals: ['operator, the site burns: failover'],
  overrides: [],
  stamps: { lastGood: noon, promoted: noon + 4_000, firstWrite: noon + 4_200 },
};

async function pointsman(own: FakeHostOptions['own'], ...args: string[]) {
  const { fetch, requests } = fakeHost({ own: own ?? {} });
  const io = fakeIo({ fetch, env: { USER: 'operator' } });
  const code = await runCli(['recovery', ...args], io);
  return { code, requests, out: io.out(), err: io.err() };
}

describe('pointsman recovery', () => {
  it('readiness tells the forecast and failing checks first, and exits with 7 when not ready', async () => {
    const { code, out } = await pointsman({ 'GET /groups/shop/readiness': readiness }, 'readiness', 'shop');

    expect(code).toBe(7);
    expect(out).toBe(
      [
        'fail over now: about 4 s, loses 3 commits',
        'not-ready for a failover; primary north, can take over: south',
        '  fail  backups      never restored',
        '  pass  replication  south streams',
        '',
      ].join('\n'),
    );
  });

  it('a failover is approved for the plan and the facts that were shown, and for a bounded loss', async () => {
    const { code, requests } = await pointsman(
      { 'GET /groups/shop/readiness': readiness, 'POST /groups/shop/runs': { executionArn: run.execution } },
      'failover',
      'shop',
      '--reason',
      'the site burns',
      '--allow-loss-seconds',
      '5',
      '--allow-loss-bytes',
      '1000',
      '--override',
      'backups',
      '--yes',
    );

    expect(code).toBe(0);
    expect(JSON.parse(requests.at(-1)?.replace('POST /groups/shop/runs ', '') ?? '')).toEqual({
      workflow: 'failover',
      input: {
        approval: {
          by: 'operator, the site burns',
          planVersion: 'a1',
          readinessHash: 'f00d',
          expiresAt: noon + 600_000,
          overrides: [{ check: 'backups', reason: 'the site burns' }],
          allowLoss: { seconds: 5, bytes: 1000 },
        },
      },
    });
  });

  it.each([
    [['switchover', 'shop'], 'a switchover needs a reason'],
    [['failover', 'shop', '--reason', 'x'], 'say how much may be lost at most'],
    [['escalate', 'shop', '--reason', 'x'], 'an escalation may lose data'],
    [['restore', 'shop', '--time', 'yesterday'], 'yesterday is no moment'],
    [['restore', 'shop', '--time', '2026-11-27T02:00'], '2026-11-27T02:00 is no moment with its offset'],
    [
      ['restore', 'shop', '--point', 'a', '--time', '2026-11-27T02:00:00Z'],
      'give one of --time, --point and --position',
    ],
  ])('%j asks nothing of the host and says what is missing', async (args, problem) => {
    const { code, requests, err } = await pointsman({}, ...args);

    expect([code, requests]).toEqual([2, []]);
    expect(err).toContain(problem);
  });

  it('a check that is not asked cannot be set aside', async () => {
    const { code, requests, err } = await pointsman(
      { 'GET /groups/shop/readiness': { ...readiness, mode: 'switchover' } },
      'switchover',
      'shop',
      '--reason',
      'x',
      '--override',
      'backup',
      '--yes',
    );

    expect([code, requests]).toEqual([2, ['GET /groups/shop/readiness']]);
    expect(err).toContain('a switchover has no check backup to set aside');
    expect(err).toContain('replication, backups');
  });

  it('discard ends a restored store after a yes, and nothing without one', async () => {
    const answers = { 'POST /groups/shop/restores/discarded': { scratch: 'shop--r1' } };
    const asked = await pointsman(answers, 'discard', 'shop', 'shop--r1');
    expect([asked.code, asked.requests]).toEqual([9, []]);

    const { code, out } = await pointsman(answers, 'discard', 'shop', 'shop--r1', '--yes');
    expect([code, out]).toEqual([0, 'shop--r1  is ended and deleted\n']);
  });

  it('unpin says which pins are left', async () => {
    const answers = { 'POST /groups/shop/pins/taken': { backup: 'b1', pins: ['deploy: 2.0.0'] } };
    const { code, out } = await pointsman(answers, 'unpin', 'shop', 'b1', 'archive: year end', '--yes');

    expect([code, out]).toEqual([0, 'b1  left: deploy: 2.0.0\n']);
  });

  it('the report of a restore tells where the restored store answers', async () => {
    const details = { plan: null, restored: { address: 'postgres://app@127.0.0.1:5433/app' }, held: { rows: 3 } };
    const { out } = await pointsman(
      {
        'GET /groups/shop/runs/latest': {
          ...run,
          kind: 'restore',
          reason: '',
          rtoSeconds: null,
          rpo: null,
          fences: [],
          lost: null,
          approvals: [],
          stamps: {},
          details,
        },
      },
      'report',
      'shop',
    );

    expect(out.split('\n').map((line) => line.trimEnd())).toEqual([
      'restore of shop  done',
      '',
      'Details',
      '  restored.address  postgres://app@127.0.0.1:5433/app',
      '  held.rows         3',
      '',
    ]);
  });

  it('nothing is started without a yes', async () => {
    const { code, requests } = await pointsman(
      { 'GET /groups/shop/readiness': { ...readiness, mode: 'switchover' } },
      'switchover',
      'shop',
      '--reason',
      'maintenance',
    );

    expect(code).toBe(9);
    expect(requests).toEqual(['GET /groups/shop/readiness']);
  });

  it('orders go to the run, with who gave them and why', async () => {
    const { code, requests } = await pointsman(
      { 'POST /groups/shop/orders': { execution: run.execution, order: 'pause', at: noon } },
      'pause',
      'shop',
      '--reason',
      'wait for the others',
    );

    expect(code).toBe(0);
    expect(requests).toEqual([
      'POST /groups/shop/orders {"order":"pause","by":"operator","reason":"wait for the others"}',
    ]);
  });

  it('a report shows the timeline, the fence and the lost rows', async () => {
    const { out } = await pointsman({ 'GET /groups/shop/runs/latest': run }, 'report', 'shop');

    expect(out).toContain('planned at most 60 s, lasted 4.20 s, 1 rows lost');
    expect(out).toMatch(/t4 +new side promoted +2026-11-23 12:00:04 +4.0 s/);
    expect(out).toContain('stop, confirmed: process 12 ended');
    expect(out).toContain('insert public.orders {"id":7}');
    expect(out).toContain('the old data lies untouched: north/quarantine/epoch-4');
  });

  it('mark gives this moment a name, and says from which backup it is restored', async () => {
    const { code, out, requests } = await pointsman(
      {
        'POST /groups/shop/points': {
          name: 'before-migration',
          position: { branch: '3', offset: '4096' },
          backup: 'shop-20261127T020000Z',
        },
      },
      'mark',
      'shop',
      'before-migration',
    );

    expect([code, requests]).toEqual([0, ['POST /groups/shop/points {"name":"before-migration","by":"operator"}']]);
    expect(out).toBe('before-migration  3/4096, restored from shop-20261127T020000Z, which is kept\n');
  });

  it('a named point, a moment and a position are restored to as they were asked for', async () => {
    const started = { 'POST /groups/shop/runs': { executionArn: run.execution } };
    const asked = async (...args: string[]) =>
      JSON.parse((await pointsman(started, 'restore', 'shop', ...args)).requests[0]?.replace(/^[^{]*/, '') ?? '').input;

    expect(await asked('--point', 'before')).toEqual({ target: { kind: 'name', name: 'before' } });
    expect(await asked('--time', '2026-11-27T02:00:00Z', '--branch', '2')).toEqual({
      target: { kind: 'moment', at: '2026-11-27T02:00:00.000Z' },
      branch: '2',
    });
    expect(await asked('--position', '2/4096')).toEqual({
      target: { kind: 'position', position: { branch: '2', offset: '4096' } },
    });
    expect(await asked()).toEqual({ target: { kind: 'latest' } });
  });
});

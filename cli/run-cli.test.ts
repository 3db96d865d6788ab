import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { fakeHost, type FakeHostOptions } from './testing/fake-host.ts';
import { executionArn } from './testing/fake-history.ts';
import { fakeIo, type FakeWorld, noon } from './testing/fake-io.ts';
import { canaryArn, deployArn, shopHost, shopStatus } from './testing/rollout.ts';

const run = async (argv: readonly string[], host: FakeHostOptions = {}, world: FakeWorld = {}) => {
  const { fetch, requests } = fakeHost(host);
  const io = fakeIo({ fetch, ...world });
  const exitCode = await runCli(argv, io);
  return { exitCode, out: io.out(), err: io.err(), requests, io };
};

const refused = (status: number, body: object): FakeHostOptions => ({
  own: { 'GET /services/shop': { status, body } },
});
const wire = (type: string): FakeHostOptions => ({
  wire: { DescribeExecution: { status: 400, body: { __type: type, message: 'no' } } },
});
const show = ['execution', 'show', deployArn];
const status = ['deploy', 'status', 'shop'];

describe('exit codes', () => {
  it.each<[number, string, readonly string[], FakeHostOptions, FakeWorld?]>([
    [0, 'help', ['--help'], {}],
    [0, 'help of a command', ['deploy', 'watch', '--help'], {}],
    [0, 'the help command', ['help'], {}],
    [0, 'help asked of a group', ['deploy', 'help'], {}],
    [0, 'the version', ['--version'], {}],
    [1, 'an answer of 500', status, refused(500, { message: 'boom' })],
    [1, 'an answer that is no Pointsman’s', status, { own: { 'GET /services/shop': { hello: 'world' } } }],
    [2, 'no command', [], {}],
    [2, 'an unknown command', ['exection'], {}],
    [2, 'an unknown option', ['start', '--prot', '1'], {}],
    [2, 'an unknown choice', ['execution', 'list', '--status', 'DONE'], {}],
    [2, 'a timeout that is no duration', [...status, '--timeout', 'soon'], {}],
    [2, 'an endpoint that is no address', [...status, '--endpoint', 'shop'], {}],
    [2, 'an image without a tag', ['push', '.', 'shop'], {}],
    [2, 'a promotion without a reason', ['deploy', 'promote', 'shop', '--yes'], {}],
    [2, 'a definition that is not there', ['machine', 'validate', 'nope.yaml'], {}],
    [2, 'an answer of 400', status, refused(400, { error: { code: 'BadInput', message: 'no' } })],
    [2, 'InvalidArn', show, wire('InvalidArn')],
    [4, 'an answer of 401', status, refused(401, {})],
    [4, 'AccessDeniedException', show, wire('com.amazon.coral.service#AccessDeniedException')],
    [5, 'an answer of 404', status, refused(404, { error: { code: 'NotFound', message: 'no service shop' } })],
    [5, 'ExecutionDoesNotExist', show, {}],
    [5, 'a name that no execution has', ['execution', 'show', 'nope'], shopHost('bad')],
    [5, 'a machine that is not there', ['execution', 'list', '--machine', 'nope'], shopHost('bad')],
    [7, 'an answer of 409', status, refused(409, { error: { code: 'NoRollout', message: 'none runs' } })],
    [7, 'ExecutionAlreadyExists', show, wire('ExecutionAlreadyExists')],
    [9, 'a promotion nobody confirmed', ['deploy', 'promote', 'shop', '--reason', 'x'], {}],
    [
      9,
      'a promotion refused at the prompt',
      ['deploy', 'promote', 'shop', '--reason', 'x'],
      {},
      { tty: true, answer: 'n' },
    ],
    [
      9,
      'a terminal that CI only fakes',
      ['deploy', 'promote', 'shop', '--reason', 'x'],
      {},
      { tty: true, answer: 'y', env: { CI: 'true' } },
    ],
    [9, '--no-input', ['deploy', 'promote', 'shop', '--reason', 'x', '--no-input'], {}, { tty: true, answer: 'y' }],
  ])('is %i for %s', async (expected, _, argv, host, world) => {
    expect((await run(argv, host, world)).exitCode).toBe(expected);
  });

  it('is 1 with a way to start one when no host answers', async () => {
    const io = fakeIo();

    expect(await runCli(['execution', 'list'], io)).toBe(1);
    expect(io.err()).toBe(`Error: no Pointsman answers at http://127.0.0.1:7400
  connect ECONNREFUSED 127.0.0.1:7400
  Try:   pointsman start          start a host on this machine
         pointsman --endpoint URL …  when it runs elsewhere
`);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['EPIPE', 130],
  ] as const)('after %s is %i', async (why, expected) => {
    const io = fakeIo({ fetch: () => Promise.reject(new DOMException('aborted', 'AbortError')) });
    io.interrupt(why);

    expect(await runCli(['deploy', 'status'], io)).toBe(expected);
  });
});

describe('errors', () => {
  it('say what failed, and suggest what was meant', async () => {
    expect((await run(['exection'])).err).toBe(`Error: unknown command 'exection'
  Try:   did you mean execution?
         pointsman --help, or --help after any command
`);
  });

  it('suggest the command whose beginning was typed', async () => {
    expect((await run(['deploy', 'stat'])).err).toContain('did you mean status?');
  });

  it('carry the server’s own hint and its name for the failure', async () => {
    const host = refused(409, {
      error: { code: 'LeaseHeld', message: 'shop is being\nreleased', try: 'pointsman deploy watch shop' },
    });

    expect((await run(status, host)).err).toBe(`Error: shop is being ⏎ released (LeaseHeld)
  Try:   pointsman deploy watch shop
`);
  });

  it('are JSON on stderr when the answer would have been JSON, and stdout stays empty', async () => {
    const { out, err } = await run(
      [...status, '--json'],
      refused(404, { error: { code: 'NotFound', message: 'no service shop' } }),
    );

    expect(out).toBe('');
    expect(JSON.parse(err)).toEqual({
      error: { code: 'NotFound', message: 'no service shop', details: [], try: [] },
      exit_code: 5,
    });
  });

  it('are an annotation on GitHub', async () => {
    expect((await run(['exection'], {}, { env: { GITHUB_ACTIONS: 'true' } })).err).toMatch(
      /^::error::unknown command 'exection'%0A/,
    );
  });
});

describe('deploy', () => {
  it('shows who gets the traffic, the verdict, and what is waited for since when', async () => {
    const io = fakeIo({ fetch: fakeHost(shopHost('bad')).fetch });
    await io.sleep(10_000);

    expect(await runCli(status, io)).toBe(0);
    expect(io.out()).toBe(`shop  http://127.0.0.1:8080
  stable     90 %  shop:v1 sha256:aaaaaaaaaaaa  1 of 1 ready  12345 requests, 3 errors (0.02 %)
  candidate  10 %  shop:v2 sha256:bbbbbbbbbbbb  1 of 2 ready  140 requests, 2 errors (1.43 %), 5 given up by clients

Rollout
  runs       ${deployArn}, since 12:00:00 (10 s)
  waits for  Let requests come: a timer, since 12:00:02 (8.0 s)
  judge      10 %  need more: 140 of ~160 requests, 2 errors, at 12:00:07

Instances
  shop-a1  sha256:aaaaaaaaaaaa  ready     http://127.0.0.1:41234  readiness answered 200
  shop-b1  sha256:bbbbbbbbbbbb  ready     http://127.0.0.1:41234  readiness answered 200
  shop-b2  sha256:bbbbbbbbbbbb  starting  http://127.0.0.1:41234  readiness answered 503
  last lines of shop-b2:
    | connecting…
    | no database

Releases
  2026-11-23 11:00:00  promoted  shop:v1  sha256:aaaaaaaaaaaa  first release
`);
  });

  it('starts a rollout, and prints nothing but its ARN to stdout', async () => {
    const own = { 'POST /services/shop/deployments': { executionArn: deployArn, started: true } };
    const { out, err, requests } = await run(['deploy', 'start', 'shop', '--reference', 'v2', '--retry'], { own });

    expect(out).toBe(`${deployArn}\n`);
    expect(err).toBe('To watch it: pointsman deploy watch shop\n');
    expect(requests).toEqual(['POST /services/shop/deployments {"reference":"v2","retry":true}']);
  });

  it('gives an order in the name of who is at the keyboard', async () => {
    const own = {
      'POST /services/shop/orders': {
        execution: deployArn,
        order: 'abort',
        by: 'operator',
        reason: 'prices',
        at: noon,
      },
    };
    const { out, requests } = await run(
      ['deploy', 'abort', 'shop', '--reason', 'prices'],
      { own },
      { env: { USER: 'operator' } },
    );

    expect(out).toBe('abort  shop: the rollout was told\n');
    expect(requests).toEqual(['POST /services/shop/orders {"order":"abort","by":"operator","reason":"prices"}']);
  });

  it('takes the name of the account when the environment names nobody', async () => {
    const given = { execution: deployArn, order: 'abort', by: 'operator', reason: 'x', at: noon };
    const { requests } = await run(
      ['deploy', 'abort', 'shop'],
      { own: { 'POST /services/shop/orders': given } },
      { userName: 'operator' },
    );

    expect(requests[0]).toContain('"by":"operator"');
  });

  it('shows a release of the past in one line, and its whole reason with --verbose', async () => {
    const reason = `it fails more than stable:\n${'x'.repeat(300)} the end`;
    const host = { own: { 'GET /services/shop': shopStatus(noon, noon, 'taken-back', reason) } };
    const rowIn = (text: string) => text.split('\n').find((line) => line.includes('taken-back')) ?? '';
    const [short, whole] = [await run(status, host), await run([...status, '--verbose'], host)];

    expect(rowIn(short.out)).toMatch(/taken-back {2}shop:v2 .*it fails more than stable: ⏎ x+…$/);
    expect(rowIn(short.out).length).toBeLessThanOrEqual(100);
    expect(rowIn(whole.out)).toMatch(/the end$/);
  });

  it('names the host before it asks, and goes on after a yes', async () => {
    const own = {
      'POST /services/shop/orders': { execution: deployArn, order: 'promote', by: 'operator', reason: 'x', at: noon },
    };
    const { exitCode, err, io } = await run(
      ['deploy', 'promote', 'shop', '--reason', 'x'],
      { own },
      { tty: true, answer: 'yes' },
    );

    expect(exitCode).toBe(0);
    expect(err).toContain('at http://127.0.0.1:7400 (default)\n');
    expect(io.asked).toEqual(['Go on? [y/N] ']);
  });
});

describe('push', () => {
  const own = { 'POST /images': { image: 'shop:v2', digest: `sha256:${'b'.repeat(64)}`, executionArn: deployArn } };

  it('sends the folder’s absolute path and the command, and prints digest and execution', async () => {
    const { out, requests } = await run(['push', 'dist', 'shop:v2', '--', 'node', 'server.js', '--port', '80'], {
      own,
    });

    expect(out).toBe(`shop:v2@sha256:${'b'.repeat(64)}\n${deployArn}\n`);
    expect(requests).toEqual([
      'POST /images {"folder":"/home/operator/shop/dist","image":"shop:v2","command":["node","server.js","--port","80"]}',
    ]);
  });

  it('follows the rollout with --watch', async () => {
    const { exitCode, out } = await run(['push', 'dist', 'shop:v2', '--watch'], shopHost('bad', { own }));

    expect(exitCode).toBe(3);
    expect(out).toContain('taken-back  rollout of shop: fails more than stable\n');
  });

  it.each([['--watch'], ['--quiet']])(
    'of what no service releases exits with 5 and names the services: %s',
    async (flag) => {
      const { exitCode, out, err } = await run(['push', 'dist', 'other:1', flag], {
        own: {
          'POST /images': { ...own['POST /images'], executionArn: null, started: false },
          'GET /services': { services: [shopStatus(noon, noon, 'promoted', '')] },
        },
      });

      expect([exitCode, out]).toEqual([5, `other:1@sha256:${'b'.repeat(64)}\n`]);
      expect(err).toContain(`Error: other:1 is stored, and no service here releases it
  Try:   services here: shop
`);
    },
  );

  describe('of a release that had its rollout already', () => {
    const again = { 'POST /images': { ...own['POST /images'], started: false } };
    const pushedAt = async (seconds: number, verdict: 'safe' | 'bad') => {
      const io = fakeIo({ fetch: fakeHost(shopHost(verdict, { own: again })).fetch });
      await io.sleep(seconds * 1000);
      return { exitCode: await runCli(['push', 'dist', 'shop:v2'], io), err: io.err() };
    };

    it('exits with 3 when that took it back, and says what tries it again', async () => {
      const { exitCode, err } = await pushedAt(60, 'bad');

      expect(exitCode).toBe(3);
      expect(err).toContain(`Error: this very release had its rollout already, which ended taken-back
  fails more than stable
  Try:   pointsman deploy start shop --reference v2 --retry
`);
    });

    it('exits with 0 while that runs, and when it was promoted', async () => {
      expect((await pushedAt(5, 'bad')).exitCode).toBe(0);
      expect((await pushedAt(60, 'safe')).exitCode).toBe(0);
    });
  });
});

describe('execution', () => {
  it('lists the executions of all machines, newest first', async () => {
    expect((await run(['execution', 'list'], shopHost('bad'))).out).toBe(
      `STATUS   MACHINE  NAME           STARTED              TOOK
RUNNING  canary   shop-1-canary  2026-11-23 12:00:01  0.0 s
RUNNING  deploy   shop-1         2026-11-23 12:00:00  0.0 s
`,
    );
  });

  it('takes a name or the beginning of one only', async () => {
    expect((await run(['execution', 'show', 'shop-1-c', '--json'], shopHost('bad'))).out).toContain(canaryArn);
    const host = shopHost('bad');
    const other = { arn: executionArn('deploy', 'shop-2'), events: [] };
    const several = await run(['execution', 'show', 'shop'], {
      ...host,
      executions: [...(host.executions ?? []), other],
    });
    expect([several.exitCode, several.err.split('\n')[0]]).toEqual([2, "Error: 'shop' fits 2 executions"]);
  });

  it('takes the beginning of a deployment’s name for the deployment, though its canary begins so too', async () => {
    const { exitCode, out } = await run(['execution', 'show', 'sho', '--json'], shopHost('bad'));

    expect([exitCode, JSON.parse(out)]).toEqual([0, expect.objectContaining({ executionArn: deployArn })]);
  });

  it('shows what a running one waits for, and that of the execution inside it', async () => {
    const io = fakeIo({ fetch: fakeHost(shopHost('bad')).fetch });
    await io.sleep(4000);
    await runCli(['execution', 'show', 'shop-1'], io);

    expect(io.out()).toBe(`execution  ${deployArn}
status     RUNNING
started    2026-11-23 12:00:00, runs for 4.0 s
▾ Canary  waits for canary shop-1-canary, since 12:00:01 (3.0 s)
  ◷ Let requests come  waits until 12:00:07 (in 3.0 s), since 12:00:02 (2.0 s)
`);
  });

  it('prints the history as rows, and newest first with --reverse', async () => {
    const io = fakeIo({ fetch: fakeHost(shopHost('bad')).fetch });
    await io.sleep(600);
    await runCli(['execution', 'history', deployArn, '--reverse'], io);

    expect(io.out()).toBe(`    5  12:00:00.500  ← 4  TaskStateExited          Resolve the image  {}
    4  12:00:00.500  ← 3  LambdaFunctionSucceeded  {"image":"shop:v2","release":"sha256:${'b'.repeat(62)}…
    3  12:00:00.000  ← 2  LambdaFunctionScheduled  resolve-image {}
    2  12:00:00.000  ← 1  TaskStateEntered         Resolve the image  {}
    1  12:00:00.000       ExecutionStarted         {}
`);
  });

  it('asks before it stops a rollout, which no Catch would take back', async () => {
    const plain = await run(['execution', 'stop', 'shop-1'], shopHost('bad'));
    expect([plain.exitCode, plain.err]).toEqual([9, expect.stringContaining('pointsman deploy abort SERVICE')]);
    const yes = await run(['execution', 'stop', 'shop-1', '--yes', '--reason', 'stuck'], shopHost('bad'), {
      env: { USER: 'operator' },
    });
    expect(yes.out).toBe(`stopped  ${deployArn}\n`);
    expect(yes.requests.at(-1)).toBe(
      `StopExecution {"executionArn":"${deployArn}","error":"Stopped","cause":"operator: stuck"}`,
    );
  });
});

describe('machine', () => {
  const file = (text: string): FakeWorld => ({ files: { '/home/operator/shop/m.yaml': text } });

  it('prints every problem with its place and exits with 2', async () => {
    const { exitCode, out } = await run(
      ['machine', 'validate', 'm.yaml'],
      {},
      file(`StartAt: First
States:
  First:
    Type: Pass
    Next: Nowhere
  Second:
    Type: Wat
`),
    );

    expect(exitCode).toBe(2);
    const places = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('  ').slice(0, 2).join(' '));
    expect(places).toContain('m.yaml:5:5 MISSING_TRANSITION_TARGET');
    expect(out).toMatch(/^m\.yaml:7:5 {2}SCHEMA_VALIDATION_FAILED/m);
  });

  it('says where a text is no YAML', async () => {
    const { exitCode, out } = await run(['machine', 'validate', 'm.yaml'], {}, file('StartAt: [First\n'));

    expect(exitCode).toBe(2);
    expect(out).toMatch(/^m\.yaml:\d+:\d+ {2}INVALID_JSON_DESCRIPTION/);
  });

  it('draws states in the order they are reached, with what is inside them', async () => {
    const { out } = await run(
      ['machine', 'graph', 'm.yaml'],
      {},
      file(`StartAt: Ask
States:
  Done: { Type: Succeed }
  Ask:
    Type: Task
    Resource: \${ask-people}
    Retry: [{ ErrorEquals: [States.ALL], IntervalSeconds: 2 }]
    Catch: [{ ErrorEquals: [Pointsman.No], Next: Done }]
    Next: Both
  Both:
    Type: Parallel
    Branches:
      - { StartAt: Rest, States: { Rest: { Type: Wait, Seconds: 5, End: true } } }
    Next: Done
`),
    );

    expect(out).toBe(`JSONPath, 4 states, starts at Ask

Ask  Task  ask-people
├─ retry States.ALL: 3 times, after 2 s ×2
├─ on Pointsman.No → Done
└─ → Both
Both  Parallel
├─ branch 0
│  Rest  Wait  5 s
│  └─ end
└─ → Done
Done  Succeed
`);
  });

  it('draws Mermaid too', async () => {
    const text = 'StartAt: A\nStates: { A: { Type: Succeed } }\n';

    expect((await run(['machine', 'graph', 'm.yaml', '--format', 'mermaid'], {}, file(text))).out).toMatch(
      /^flowchart TD\n/,
    );
  });
});

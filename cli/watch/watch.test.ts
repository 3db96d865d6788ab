/* oxlint-disable no-control-regex -- terminal escapes are what is tested */

import { describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { fakeHost, type FakeHostOptions } from '../testing/fake-host.ts';
import { executionArn, functionArn, history } from '../testing/fake-history.ts';
import { fakeIo, type FakeWorld, noon } from '../testing/fake-io.ts';
import { deployArn, shopHost } from '../testing/rollout.ts';

const watch = async (argv: readonly string[], host: FakeHostOptions, world: FakeWorld = {}) => {
  const io = fakeIo({ fetch: fakeHost(host).fetch, ...world });
  const exitCode = await runCli(argv, io);
  return { exitCode, io, out: io.out(), err: io.err() };
};

describe('deploy watch into a log', () => {
  it('tells a rollout that is taken back in one line a change, and exits with 3', async () => {
    const { exitCode, out, err } = await watch(['deploy', 'watch', 'shop'], shopHost('bad'));

    expect(err).toBe(`Watching ${deployArn}  (Ctrl-C detaches)
12:00:00  deploy    started
12:00:00  deploy    shop:v2 is sha256:bbbbbbbbbbbb
12:00:01  deploy    Canary: waits for canary
12:00:01  canary    started
12:00:01  canary    10 %  of the traffic goes to the candidate
12:00:07  canary    10 %  need more: 140 of ~160 requests, 2 errors
12:00:19  canary    10 %  bad: fails more than stable: 10 % errors against 0.1 % of stable
12:00:20  canary    0 %  of the traffic goes to the candidate
12:00:21  canary    failed after 20 s: Pointsman.TakenBack
          | fails more than stable
12:00:22  deploy    Canary failed: States.TaskFailed: fails more than stable
12:00:30  deploy    failed after 30 s: Pointsman.TakenBack
          | fails more than stable:
          | 10 % errors against 0.1 %
`);
    expect(out).toBe('taken-back  rollout of shop: fails more than stable\n');
    expect(exitCode).toBe(3);
  });

  it('exits with 0 when the release is promoted', async () => {
    const { exitCode, out } = await watch(['deploy', 'watch', 'shop'], shopHost('safe'));

    expect(out).toBe('promoted  rollout of shop: fails under 1 %\n');
    expect(exitCode).toBe(0);
  });

  it('says once a minute what it waits for while nothing changes', async () => {
    const arn = executionArn('nightly', 'n1');
    const definition = { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 3600, End: true } } };
    const events = history(
      [0, 'ExecutionStarted', { input: '{}' }],
      [0, 'WaitStateEntered', { name: 'Sleep', input: '{}' }, 0],
    );
    const { err, exitCode } = await watch(['execution', 'watch', 'n1', '--timeout', '130s'], {
      executions: [{ arn, events, definition }],
    });

    expect(err).toContain(`12:00:00  nightly   started
12:01:01  still running
          | ◷ Sleep  waits until 13:00:00 (in 58 min 58 s), since 12:00:00 (1 min 2 s)
12:02:01  still running
`);
    expect(err).toContain('Error: --timeout of 2 min 10 s passed; the execution n1 goes on\n');
    expect(exitCode).toBe(6);
  });

  it('looks again right when a timer that it knows of is due', async () => {
    const arn = executionArn('nightly', 'n1');
    const definition = { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 9, End: true } } };
    const events = history(
      [0, 'ExecutionStarted', { input: '{}' }],
      [0, 'WaitStateEntered', { name: 'Sleep', input: '{}' }, 0],
      [9, 'WaitStateExited', { name: 'Sleep', output: '{}' }],
      [9, 'ExecutionSucceeded', { output: '{}' }],
    );
    const { io } = await watch(['execution', 'watch', arn], { executions: [{ arn, events, definition }] });

    expect(io.now() - noon).toBeLessThanOrEqual(9100);
  });

  it('says of instances that are not ready yet how many, and only later why', async () => {
    const arn = executionArn('canary', 'c1');
    const call = { resource: functionArn('check-ready'), input: '{}' };
    const failed = { error: 'Pointsman.NotReady', cause: '0 of 2 instances are ready; shop-1: answered 503' };
    const events = history(
      [0, 'ExecutionStarted', { input: '{}' }],
      [0, 'TaskStateEntered', { name: 'Wait until it is ready', input: '{}' }, 0],
      [0, 'LambdaFunctionScheduled', call],
      [0, 'LambdaFunctionFailed', failed],
      [20, 'LambdaFunctionScheduled', call],
      [20, 'LambdaFunctionFailed', failed],
      [21, 'ExecutionFailed', { error: 'Pointsman.NeverReady', cause: '' }],
    );
    const { err } = await watch(['execution', 'watch', arn], { executions: [{ arn, events }] });

    expect(err).toContain(`12:00:00  canary    Wait until it is ready: not yet, 0 of 2 instances are ready
12:00:20  canary    Wait until it is ready: not yet, 0 of 2 instances are ready; shop-1: answered 503
`);
  });

  it('waits for a host that is restarted', async () => {
    const away = { from: noon + 5000, until: noon + 10_000 };
    const { exitCode, err } = await watch(['deploy', 'watch', 'shop'], shopHost('safe', { away }));

    expect(err).toMatch(/12:00:0\d {2}the host does not answer/);
    expect(err).toMatch(/12:00:1\d {2}the host answers again, after \d/);
    expect(exitCode).toBe(0);
  });

  it('gives up after five minutes without an answer', async () => {
    const away = { from: noon + 5000, until: Number.POSITIVE_INFINITY };
    const { exitCode, err, io } = await watch(['deploy', 'watch', 'shop'], shopHost('safe', { away }));

    expect(err).toContain('Error: no Pointsman answers at http://127.0.0.1:7400');
    expect(Math.round((io.now() - noon) / 60_000)).toBe(5);
    expect(exitCode).toBe(1);
  });

  it('strips escapes and control characters that came from the server', async () => {
    const arn = executionArn('evil', 'e1');
    const events = history(
      [0, 'ExecutionStarted', { input: '{}' }],
      [
        0,
        'ExecutionFailed',
        { error: 'Bad\u001b[31m\nForged', cause: '\u001b]0;title\u0007line\u0000 one\n12:00:00  forged' },
      ],
    );
    const { err } = await watch(['execution', 'watch', arn], { executions: [{ arn, events }] });

    expect(err).toBe(`Watching ${arn}  (Ctrl-C detaches)
12:00:00  evil      started
12:00:00  evil      failed after 0.0 s: Bad ⏎ Forged
          | line one
          | 12:00:00  forged
`);
  });
});

describe('deploy watch on a terminal', () => {
  const terminal = { tty: true, env: { NO_COLOR: '1' } };

  it('redraws the open states at most five times a second', async () => {
    const { io } = await watch(['deploy', 'watch', 'shop'], shopHost('safe'), terminal);
    const drawn = io.errWrites.filter(({ text }) => text.includes('◷'));
    const gaps = drawn.slice(1).map(({ at }, index) => at - (drawn[index]?.at ?? 0));

    expect(drawn.length).toBeGreaterThan(20);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  it('draws the canary under the state that waits for it, in place', async () => {
    const { io } = await watch(['deploy', 'watch', 'shop'], shopHost('safe'), terminal);

    const redrawn = io.errWrites.find(({ at, text }) => at >= noon + 4000 && text.includes('◷'));
    expect(redrawn?.text).toMatch(
      /^\u001b\[2A\r\u001b\[J▾ Canary {2}waits for canary shop-1-canary, since 12:00:01 \(3\.\d s\)\n {2}◷ Let requests come {2}waits until 12:00:07 \(in 3\.0 s\), since 12:00:02 \(2\.\d s\)\n$/,
    );
  });

  it('leaves no tree behind, and no colour with NO_COLOR', async () => {
    const { err } = await watch(['deploy', 'watch', 'shop'], shopHost('safe'), terminal);

    expect(err).toMatch(/\u001b\[J[^\u001b]*succeeded after 30 s, outcome: promoted\n$/);
    expect(err).not.toMatch(/\u001b\[\d+m/);
  });

  it('detaches on Ctrl-C with 130 and says how to come back', async () => {
    const { exitCode, err } = await watch(['deploy', 'watch', 'shop'], shopHost('safe'), {
      ...terminal,
      interruptAt: { at: noon + 3000, why: 'SIGINT' },
    });

    expect(
      err.endsWith('Detached: the rollout of shop goes on. To watch it again: pointsman deploy watch shop\n'),
    ).toBe(true);
    expect(exitCode).toBe(130);
  });
});

describe('other ways to watch', () => {
  it('says nothing but the answer with --quiet', async () => {
    const { out, err } = await watch(['deploy', 'watch', 'shop', '-q'], shopHost('safe'));

    expect([out, err]).toEqual(['promoted  rollout of shop: fails under 1 %\n', '']);
  });

  it('gives every event as a line of jsonl, and the result as the last', async () => {
    const { out, exitCode } = await watch(['deploy', 'watch', 'shop', '-o', 'jsonl'], shopHost('bad'));
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(lines.slice(0, -1).every(({ type }) => type === 'event')).toBe(true);
    expect(lines.at(-1)).toEqual({
      type: 'result',
      executionArn: deployArn,
      outcome: 'taken-back',
      reason: 'fails more than stable',
      exit_code: 3,
    });
    expect(exitCode).toBe(3);
  });

  it('folds the log, annotates the failure and writes a summary on GitHub', async () => {
    const { err, io } = await watch(['deploy', 'watch', 'shop'], shopHost('bad'), {
      env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary.md' },
    });

    expect(err).toContain(`\n::group::${deployArn}\n12:00:00  deploy    started\n`);
    expect(err).toContain(
      '::error title=deploy::failed after 30 s: Pointsman.TakenBack%0Afails more than stable:%0A10 %25 errors against 0.1 %25\n',
    );
    expect(err.trimEnd().endsWith('::endgroup::')).toBe(true);
    expect(io.appended.get('/summary.md')).toBe(
      `❌ **taken-back** rollout of shop: fails more than stable\n\n\`${deployArn}\`\n`,
    );
  });

  it('leaves with 8 when only a task token can help and nobody is to be waited for', async () => {
    const arn = executionArn('approve', 'a1');
    const resource = { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken', parameters: '{}' };
    const events = history(
      [0, 'ExecutionStarted', { input: '{}' }],
      [0, 'TaskStateEntered', { name: 'Ask a person', input: '{}' }, 0],
      [0, 'TaskScheduled', resource],
    );
    const { exitCode } = await watch(['execution', 'watch', arn, '--no-wait-approval'], {
      executions: [{ arn, events }],
    });

    expect(exitCode).toBe(8);
  });

  it('tells how the last rollout ended when none runs', async () => {
    const host = shopHost('bad');
    const { exitCode, out } = await watch(['deploy', 'watch', 'shop'], {
      ...host,
      own: {
        'GET /services/shop': (body, now) =>
          typeof host.own?.['GET /services/shop'] === 'function'
            ? host.own['GET /services/shop'](body, now + 60_000)
            : {},
      },
    });

    expect([exitCode, out]).toEqual([3, 'taken-back  rollout of shop: fails more than stable\n']);
  });
});

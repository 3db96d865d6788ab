import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Pushed } from '../support/host-client.ts';
import { type LocalHost, localHost } from '../support/local-host.ts';
import { servesOnly, serving } from '../support/serving.ts';
import { shopRelease } from '../support/shop-release.ts';

let host: LocalHost;
beforeAll(async () => {
  host = await localHost({ twice: {}, queued: {}, again: {}, promoted: {}, aborted: {}, idle: {}, stopped: {} });
});
afterAll(() => host[Symbol.asyncDispose]());

/** Until the canary has its share. Without traffic the judge has nothing to go by, so it stays there. */
const underWay = (service: string) =>
  eventually(
    () => host.service(service),
    ({ route }) => route.candidatePercent === 50,
  );

/** A service with a stable release, and a canary under way. */
async function withCanary(service: string): Promise<{ readonly stable: Pushed; readonly canary: Pushed }> {
  const stable = await host.release(`${service}:v1`);
  const canary = await host.push(`${service}:v2`);
  await underWay(service);
  return { stable, canary };
}

/** ARNs of the canaries of a service, newest first. */
async function canariesOf(service: string): Promise<readonly string[]> {
  const arns = await host.executions('canary');
  const inputs = await Promise.all(arns.map(async (arn) => JSON.parse((await host.execution(arn)).input)));
  return arns.filter((_, i) => inputs[i].service === service);
}

// Each test has a service of its own, so that they share a host and wait at the same time.
describe.concurrent('a push', () => {
  it('that is repeated finds the rollout of the first, running or ended', async () => {
    const folder = await shopRelease(host.folder, 'twice:v1');
    const push = () => host.pushFolder(folder, 'twice:v1');
    const [first, ...others] = await Promise.all([push(), push(), push()]);
    await host.ended(first.executionArn);
    const started = await host.cli('deploy', 'start', 'twice', '--json');

    expect(new Set(others.map((other) => other.executionArn))).toEqual(new Set([first.executionArn]));
    expect([first, ...others].filter((each) => each.started)).toHaveLength(1);
    // The release is the stable one now, so asking again is a rollout of its own, which has nothing to do.
    const { executionArn } = JSON.parse(started.stdout) as Pushed;
    expect((await host.ended(executionArn)).output).toContain('it is the stable release already');
    const { releases } = await host.service('twice');
    expect(releases.map(({ outcome }) => outcome)).toEqual(['unchanged', 'promoted']);
  });

  it('waits while another rollout runs, and goes on when that has ended', async () => {
    const { stable, canary } = await withCanary('queued');
    const next = await host.push('queued:v3');
    const waiting = await eventually(
      () => host.cli('execution', 'show', next.executionArn),
      ({ stdout }) => stdout.includes('LeaseHeld'),
    );
    expect(waiting.stdout).toContain('Take the lease');
    expect(serving(await host.service('queued'))).toMatchObject({ stable: stable.digest, candidate: canary.digest });

    await host.cli('deploy', 'abort', 'queued', '--reason', 'v3 is better');
    await eventually(
      () => host.service('queued'),
      ({ candidate, rollout }) => candidate === next.digest && rollout?.executionArn === next.executionArn,
    );
    await underWay('queued');
    await host.cli('deploy', 'promote', 'queued', '--reason', 'checked by hand', '--yes');

    expect((await host.ended(next.executionArn)).status).toBe('SUCCEEDED');
    expect((await host.ended(canary.executionArn)).error).toBe('Pointsman.TakenBack');
    expect(serving(await host.service('queued'))).toEqual(servesOnly(next.digest));
  });

  it('of a tag that was pushed again while it waited is superseded', async () => {
    await withCanary('again');
    const overtaken = await host.push('again:next');
    const newest = await host.push('again:next', { latencyMs: 2 });
    await host.cli('deploy', 'abort', 'again');
    const { status, output } = await host.ended(overtaken.executionArn);
    await underWay('again');

    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(output ?? '')).toMatchObject({
      outcome: 'superseded',
      reason: `again:next was pushed again and points to ${newest.digest} now`,
    });
    expect((await host.service('again')).candidate).toBe(newest.digest);
  });
});

describe.concurrent('a person', () => {
  it('promotes a canary without waiting for the judge, and must say why', async () => {
    const { canary } = await withCanary('promoted');
    const unreasoned = await host.cli('deploy', 'promote', 'promoted', '--yes');
    const unconfirmed = await host.cli('deploy', 'promote', 'promoted', '--reason', 'urgent');
    expect([unreasoned.exitCode, unconfirmed.exitCode]).toEqual([2, 9]);
    expect((await host.service('promoted')).route.candidatePercent).toBe(50);

    const promoted = await host.cli('deploy', 'promote', 'promoted', '--reason', 'urgent', '--yes');
    const { output } = await host.ended(canary.executionArn);

    expect(promoted.exitCode).toBe(0);
    expect(JSON.parse(output ?? '')).toMatchObject({ outcome: 'promoted', reason: expect.stringMatching(/: urgent$/) });
    expect(serving(await host.service('promoted'))).toEqual(servesOnly(canary.digest));
  });

  it('aborts a canary, which is taken back and says by whom and why', async () => {
    const { stable, canary } = await withCanary('aborted');
    const aborted = await host.cli('deploy', 'abort', 'aborted', '--reason', 'wrong prices');
    const watched = await host.cli('deploy', 'watch', 'aborted');
    await host.ended(canary.executionArn);

    expect(aborted.exitCode).toBe(0);
    expect(watched).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/^taken-back .*aborted by .*: wrong prices/),
    });
    expect(serving(await host.service('aborted'))).toEqual(servesOnly(stable.digest));
  });

  it('cannot give an order when no rollout runs', async () => {
    const abort = { order: 'abort', by: 'operator', reason: 'to see' };
    const answer = await host.post('/pointsman/v1/services/idle/orders', abort);
    const { exitCode, stderr } = await host.cli('deploy', 'abort', 'idle');

    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'NoRollout' } } });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('pointsman deploy status idle'),
    });
    expect(stderr).toContain('no rollout of idle is running');
  });

  it('stops a rollout where it stands, canary and all, and the next deployment clears away what is left', async () => {
    const { stable, canary } = await withCanary('stopped');
    const stop = await host.cli('execution', 'stop', canary.executionArn, '--yes', '--reason', 'enough');
    const [child = ''] = await canariesOf('stopped');

    expect(stop.exitCode).toBe(0);
    expect((await host.ended(child)).status).toBe('ABORTED');
    expect(await host.execution(canary.executionArn)).toMatchObject({ status: 'ABORTED', error: 'Stopped' });
    expect((await host.service('stopped')).route.candidatePercent).toBe(50);

    const next = await host.cli('deploy', 'start', 'stopped', '--reference', 'v1', '--json');
    const { output } = await host.ended((JSON.parse(next.stdout) as Pushed).executionArn);
    expect(JSON.parse(output ?? '')).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringContaining('cleared away'),
    });
    expect(serving(await host.service('stopped'))).toEqual(servesOnly(stable.digest));
  });
});

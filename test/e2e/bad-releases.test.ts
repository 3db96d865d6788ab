import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type LocalHost, localHost } from '../support/local-host.ts';
import { instancePids } from '../support/recorded-processes.ts';
import { servesOnly, serving } from '../support/serving.ts';
import { shopRelease } from '../support/shop-release.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { tamperWithLayer } from '../support/tamper-with-layer.ts';

// Each test has a service of its own, so that they share a host and wait at the same time.
describe.concurrent('a bad release', () => {
  let host: LocalHost;
  beforeAll(async () => {
    host = await localHost({
      tampered: {},
      unready: { readinessTimeoutSeconds: 2 },
      crashing: {},
      repeated: {},
      refused: {},
      dying: {},
      failing: {},
      first: { readinessTimeoutSeconds: 5 },
    });
  });
  afterAll(() => host[Symbol.asyncDispose]());

  it('whose image has a wrong digest is refused, naming what was expected and found, and nothing is touched', async () => {
    const stable = await host.release('tampered:v1');
    const before = await host.service('tampered');
    const { digest, executionArn } = await pushTampered();
    const { status, error, cause } = await host.ended(executionArn);

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Pointsman.TakenBack' });
    expect(cause).toContain('Pointsman.BadImage');
    expect(cause).toMatch(
      new RegExp(`expected to have digest ${digest}, found sha256:[0-9a-f]{64}; push the image again`),
    );
    const after = await host.service('tampered');
    expect(serving(after)).toEqual(servesOnly(stable.digest));
    expect(after.instances.map(({ id }) => id)).toEqual(before.instances.map(({ id }) => id));
  });

  /** Asks once more for a release that was taken back, and whose image was changed since: it is unpacked again. */
  async function pushTampered() {
    const pushed = await host.push('tampered:v2', { crash: true });
    await host.ended(pushed.executionArn);
    const digest = await tamperWithLayer(host.dataFolder, 'tampered', pushed.digest);
    const { body } = await host.post('/pointsman/v1/services/tampered/deployments', { reference: 'v2', retry: true });
    return { digest, executionArn: (body as { executionArn: string }).executionArn };
  }

  it('that never becomes ready is taken back while stable serves, and its last log lines are shown', async () => {
    const stable = await host.release('unready:v1');
    const { url } = await host.service('unready');
    await using load = steadyLoad(url ?? '');
    const { executionArn } = await host.push('unready:v2', { readyAfterMs: 600_000 });
    const watched = await host.cli('deploy', 'watch', 'unready');
    await host.ended(executionArn);
    const { requests, failures, versions } = await load.stop();

    expect(watched).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/^taken-back {2}rollout of unready: Pointsman.NeverReady: .*0 of 1 instances/),
    });
    expect(watched.stdout).toContain('shop unready:v2 listens on');
    const status = await host.cli('deploy', 'status', 'unready', '--verbose');
    expect(status.stdout).toMatch(/taken-back {2}unready:v2 .*NeverReady.*shop unready:v2 listens on/);
    expect(serving(await host.service('unready'))).toEqual(servesOnly(stable.digest));
    expect(requests).toBeGreaterThan(50);
    expect({ failures, versions: [...versions] }).toEqual({ failures: [], versions: ['unready:v1'] });
  });

  it('that crashes at its start is taken back with what it said, long before the time to become ready is over', async () => {
    const stable = await host.release('crashing:v1');
    const { executionArn } = await host.push('crashing:v2', { crash: true });
    const { status, cause } = await host.ended(executionArn);

    expect(status).toBe('FAILED');
    expect(cause).toContain('Pointsman.CandidateCrashed');
    expect(cause).toContain('exited with code 1');
    expect(cause).toContain('shop crashing:v2 cannot start: release.json says crash');
    expect(serving(await host.service('crashing'))).toEqual(servesOnly(stable.digest));
  });

  it('is not tried again by pushing it again, which says what would', async () => {
    const folder = await shopRelease(host.folder, 'repeated:v1', { crash: true });
    const { executionArn } = await host.pushFolder(folder, 'repeated:v1');
    await host.ended(executionArn);
    const push = await host.cli('push', folder, 'repeated:v1');
    const start = await host.cli('deploy', 'start', 'repeated');

    expect(push.stderr).toContain('pointsman deploy start repeated --reference v1 --retry');
    expect(start.stderr).toContain('pointsman deploy start repeated --retry');
    expect([push.exitCode, start]).toMatchObject([3, { exitCode: 3, stdout: `${executionArn}\n` }]);
    expect(await host.executions('deploy')).toContain(executionArn);
    expect((await host.service('repeated')).releases).toHaveLength(1);
  });

  it('is refused when it is pushed again after another was promoted, and nobody takes it for out', async () => {
    const bad = await shopRelease(host.folder, 'refused:v2', { crash: true });
    await host.release('refused:v1');
    await host.ended((await host.pushFolder(bad, 'refused:v2')).executionArn);
    const { digest, executionArn } = await host.push('refused:v3');
    await eventually(
      () => host.service('refused'),
      ({ route }) => route.candidatePercent === 50,
    );
    await host.cli('deploy', 'promote', 'refused', '--reason', 'seen enough', '--yes');
    await host.ended(executionArn);
    const again = await host.cli('push', bad, 'refused:v2', '--watch');

    expect(again).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/refused {2}rollout of refused: it was taken back before .*--reference v2 --retry/),
    });
    expect(serving(await host.service('refused'))).toEqual(servesOnly(digest));
  });

  it('whose process dies in the canary is taken back, and stable answers what it was asked', async () => {
    const stable = await host.release('dying:v1');
    const { url } = await host.service('dying');
    await using load = steadyLoad(url ?? '');
    const { digest, executionArn } = await host.push('dying:v2');
    await eventually(
      () => host.service('dying'),
      ({ route }) => route.candidatePercent === 50,
    );
    for (const pid of instancePids(host.dataFolder, 'dying', digest)) process.kill(pid, 'SIGKILL');
    const { cause } = await host.ended(executionArn);
    const { failures } = await load.stop();

    expect(cause).toMatch(/^dying:v2 was taken back: it fails more than stable/);
    expect(failures).toEqual([]);
    expect(serving(await host.service('dying'))).toEqual(servesOnly(stable.digest));
  });

  it('that fails its requests is taken back, and says how many', async () => {
    const stable = await host.release('failing:v1');
    const { url } = await host.service('failing');
    await using load = steadyLoad(url ?? '');
    const { executionArn } = await host.push('failing:v2', { errorRate: 0.8 });
    const { error, cause } = await host.ended(executionArn);
    const { failures } = await load.stop();

    expect(error).toBe('Pointsman.TakenBack');
    expect(cause).toMatch(/^failing:v2 was taken back: it fails more than stable: \d+(\.\d+)? % \(\d+ of \d+\) failed/);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.every((failure) => failure.startsWith('500 '))).toBe(true);
    expect(serving(await host.service('failing'))).toEqual(servesOnly(stable.digest));
  });

  it('that is the first of its service is taken back too, and leaves nothing running', async () => {
    const { executionArn } = await host.push('first:v1', { readyAfterMs: 600_000 });
    await eventually(
      () => host.service('first'),
      ({ instances }) => instances[0]?.lastLogLines.length === 1,
    );
    const waiting = await host.cli('deploy', 'status', 'first');
    const { status, cause } = await host.ended(executionArn);

    expect(waiting.stdout).toContain('| shop first:v1 listens on');
    expect(status).toBe('FAILED');
    expect(cause).toContain('Pointsman.NeverReady');
    const { stable, candidate, route, instances, rollout, lease } = await host.service('first');
    expect({ stable, candidate, served: route.stable, instances, rollout, lease }).toEqual({
      stable: null,
      candidate: null,
      served: undefined,
      instances: [],
      rollout: null,
      lease: null,
    });
  });
});

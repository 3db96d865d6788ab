import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { localHost } from '../support/local-host.ts';
import { instancePids, routerPid } from '../support/recorded-processes.ts';
import { servesOnly, serving } from '../support/serving.ts';
import { steadyLoad } from '../support/steady-load.ts';

const answerOf = async (url: string | null) => {
  const answer = await fetch(url ?? '').catch(() => undefined);
  return answer?.status === 200 ? ((await answer.json()) as { version: string }).version : undefined;
};

describe.concurrent('what dies comes back', () => {
  it('the router, with the routes and at the addresses it had', async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { url, route } = await host.service('shop');
    const before = routerPid(host.dataFolder);
    process.kill(before ?? 0, 'SIGKILL');

    await eventually(
      () => routerPid(host.dataFolder),
      (pid) => pid !== undefined && pid !== before,
    );
    await eventually(
      () => answerOf(url),
      (version) => version === 'shop:v1',
    );
    const after = await host.service('shop');
    expect({ url: after.url, route: after.route }).toEqual({ url, route });
    await eventually(host.log, (log) => log.includes('the router had died and was started again'));
  });

  it('an instance of stable, at its address, while another one serves', async () => {
    await using host = await localHost({ shop: { instances: 2 } });
    await host.release('shop:v1');
    const { url, instances } = await host.service('shop');
    await using load = steadyLoad(url ?? '');
    const pids = () => instancePids(host.dataFolder, 'shop');
    const [killed = 0] = pids();
    process.kill(killed, 'SIGKILL');

    await eventually(pids, (now) => now.length === 2 && !now.includes(killed));
    const after = await eventually(
      () => host.service('shop'),
      (status) => status.instances.filter(({ phase }) => phase === 'ready').length === 2,
    );
    expect(after.instances.map((each) => each.url).sort()).toEqual(instances.map((each) => each.url).sort());
    const { requests, failures } = await load.stop();
    expect(requests).toBeGreaterThan(20);
    expect(failures).toEqual([]);
  });

  it('all of it after a power cut, and the rollout that ran goes on', async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { url } = await host.service('shop');
    const { digest, executionArn } = await host.push('shop:v2', { readyAfterMs: 1_000 });
    await eventually(
      () => host.service('shop'),
      ({ rollout }) => rollout?.waitingFor.startsWith('Wait until it is ready') === true,
    );
    await host.kill();
    const pids = [routerPid(host.dataFolder) ?? 0, ...instancePids(host.dataFolder, 'shop')];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await host.start();
    await eventually(
      () => answerOf(url),
      (version) => version === 'shop:v1',
    );
    await using load = steadyLoad(url ?? '');
    const { status } = await host.ended(executionArn);

    expect(pids).toHaveLength(3);
    expect(status).toBe('SUCCEEDED');
    expect((await load.stop()).failures).toEqual([]);
    expect(serving(await host.service('shop'))).toEqual(servesOnly(digest));
  });

  it('the host itself, for whoever watches a rollout', async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { executionArn } = await host.push('shop:v2');
    await eventually(
      () => host.service('shop'),
      ({ route }) => route.candidatePercent === 50,
    );
    const watch = host.follow('deploy', 'watch', 'shop');
    await eventually(watch.stderr, (text) => text.includes('50 %'));
    await host.kill();
    await eventually(watch.stderr, (text) => text.includes('the host does not answer'));
    await host.start();
    await eventually(watch.stderr, (text) => text.includes('the host answers again'));
    await host.cli('deploy', 'abort', 'shop', '--reason', 'seen enough');

    expect(await watch.ended).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('seen enough') });
    expect((await host.execution(executionArn)).status).toBe('FAILED');
  });
});

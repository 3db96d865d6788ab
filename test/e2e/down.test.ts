import { describe, expect, it } from 'vitest';
import { processIdentity } from '../../adapters/shared/process-identity.ts';
import { eventually } from '../support/eventually.ts';
import { localHost, runCli } from '../support/local-host.ts';
import { instancePids, routerPid } from '../support/recorded-processes.ts';
import { serving, servesOnly } from '../support/serving.ts';

const isAlive = (pid: number) => processIdentity(pid) !== undefined; // what nobody reaped has ended all the same
const answers = (url: string | null) =>
  fetch(url ?? '').then(
    ({ ok }) => ok,
    () => false,
  );

describe.concurrent('pointsman down', () => {
  it('ends every instance, the router and the host, and says so', async () => {
    await using host = await localHost({ shop: { instances: 2 } });
    await host.release('shop:v1');
    const pids = [...instancePids(host.dataFolder, 'shop'), routerPid(host.dataFolder) ?? 0];

    const { exitCode, stdout } = await host.cli('down', '--yes');

    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'ended  shop: 2 instances\nended  the router\nended  the host\n',
    });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await host.ends()).toBe(0);
  });

  it('ends one service and its route while the others serve, and the service can be released again', async () => {
    await using host = await localHost({ shop: {}, cart: {} });
    await Promise.all([host.release('shop:v1'), host.release('cart:v1')]);
    const [shop, cart] = await Promise.all([host.service('shop'), host.service('cart')]);

    const { stdout } = await host.cli('down', 'shop', '--yes');

    expect(stdout).toBe('ended  shop: 1 instance\n');
    expect(await Promise.all([answers(shop.url), answers(cart.url)])).toEqual([false, true]);
    expect(await host.service('shop')).toMatchObject({ url: null, stable: null, instances: [], route: { version: 0 } });
    await host.cli('deploy', 'start', 'shop', '--retry', '--watch');
    expect(serving(await host.service('shop'))).toEqual(servesOnly(shop.stable ?? ''));
  });

  it('is refused while a rollout runs, unless it is forced, which stops the rollout', async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { executionArn } = await host.push('shop:v2');
    const refused = await host.cli('down', 'shop', '--yes');
    const { url } = await host.service('shop');
    expect(await answers(url)).toBe(true);

    const forced = await host.cli('down', 'shop', '--yes', '--force');

    expect(refused).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('a rollout of shop is not over') });
    expect(forced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`stopped  ${executionArn}\n`) });
    expect((await host.execution(executionArn)).status).toBe('ABORTED');
    await eventually(
      () => instancePids(host.dataFolder, 'shop'),
      (pids) => pids.length === 0,
    );
  });

  it('ends what a host left running that has ended, and the next start serves nothing old', async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const pids = [...instancePids(host.dataFolder, 'shop'), routerPid(host.dataFolder) ?? 0];
    const down = () => runCli(['down', '--data', host.dataFolder, '--yes']);
    expect(await down()).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining(`in use by process ${host.pid}`),
    });
    await host.kill();

    expect(await down()).toMatchObject({ exitCode: 0, stdout: 'ended  shop: 1 instance\nended  the router\n' });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await down()).toMatchObject({ exitCode: 0, stdout: 'nothing ran\n' });
    await host.start();
    expect(await host.service('shop')).toMatchObject({ stable: null, route: { version: 0 }, instances: [] });
  });
});

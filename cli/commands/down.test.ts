import { describe, expect, it } from 'vitest';
import { openSession } from '../session.ts';
import type { GlobalOptions } from '../settings.ts';
import { fakeHost } from '../testing/fake-host.ts';
import { fakeIo, type FakeWorld } from '../testing/fake-io.ts';
import { shopStatus } from '../testing/rollout.ts';
import { down, type DownArgs, type EndDataFolder } from './down.ts';

const nothing = { services: [], rollouts: [], router: false, host: false };
const shop = () => shopStatus(0, 0, 'promoted', 'safe');

const run = async (args: Partial<DownArgs>, options: GlobalOptions, world: FakeWorld = {}, end?: EndDataFolder) => {
  const io = fakeIo(world);
  const asked: unknown[] = [];
  const load = async (): Promise<EndDataFolder> => async (given) => {
    asked.push(given);
    return end === undefined ? { ...nothing, router: true } : end(given);
  };
  const result = down({ force: false, ...args }, await openSession(options, io), load).catch(
    (thrown: unknown) => thrown,
  );
  return { result: await result, io, asked };
};

describe('down', () => {
  it('says whose traffic ends, and asks the host only after a yes', async () => {
    const { fetch, requests } = fakeHost({
      own: {
        'GET /services': { services: [shop()] },
        'POST /down': { ...nothing, services: [{ service: 'shop', instances: 1 }], router: true, host: true },
      },
    });

    const refused = await run({}, {}, { fetch, tty: true, answer: 'n' });
    expect(refused.result).toMatchObject({ exitCode: 9 });
    expect(refused.io.err()).toContain(
      'End shop (1 instance), the stores of every group, the router and the host. Their traffic ends at once.',
    );
    expect(requests).toEqual(['GET /services']);

    const done = await run({}, {}, { fetch, tty: true, answer: 'y' });
    expect(done.result).toBe(0);
    expect(requests.at(-1)).toBe('POST /down {"force":false}');
    expect(done.io.out()).toBe('ended  shop: 1 instance\nended  the router\nended  the host\n');
  });

  it('works on the data folder when no host answers where one is by default', async () => {
    const { result, io, asked } = await run({ service: 'shop' }, { yes: true });

    expect(result).toBe(0);
    expect(asked).toEqual([{ service: 'shop', force: false }]);
    expect(io.err()).toContain('without a host: .pointsman');
  });

  it('never takes a data folder for a host that was named and does not answer', async () => {
    const { result, asked } = await run({}, { yes: true, endpoint: 'http://127.0.0.1:7500' });

    expect(result).toMatchObject({ exitCode: 1, message: 'no Pointsman answers at http://127.0.0.1:7500' });
    expect(asked).toEqual([]);
  });

  it('refuses a data folder that a host uses', async () => {
    const inUse = () => Promise.reject(new Error('/data is in use by process 7 since noon: stop that host first'));

    const { result } = await run({ data: '/data' }, { yes: true }, {}, inUse);

    expect(result).toMatchObject({ exitCode: 7, message: expect.stringContaining('in use by process 7') });
  });
});

import { describe, expect, it } from 'vitest';
import { CliFailure } from './cli-failure.ts';
import { createOut } from './out.ts';
import { start, type RunHost } from './start.ts';
import { fakeIo, type FakeWorld } from './testing/fake-io.ts';

const begin = (runHost: RunHost, world: FakeWorld = {}) => {
  const io = fakeIo(world);
  const out = createOut(io, { format: 'text', quiet: false, verbose: false, colour: 'never' });
  return { io, result: start({ port: 7411 }, { io, out }, async () => runHost) };
};
const failing =
  (error: Error): RunHost =>
  () =>
    Promise.reject(error);

describe('start', () => {
  it('says where the host listens and what to do next, and closes it when asked to leave', async () => {
    const asked: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { io, result } = begin(
      async (options) => {
        asked.push(options);
        return { url: 'http://127.0.0.1:7411', closed: promise, close: async () => resolve() };
      },
      { tty: true },
    );
    io.interrupt('SIGINT');

    expect(await result).toBe(0);
    expect(asked).toEqual([{ port: 7411, log: 'pretty' }]);
    expect(io.out()).toBe('Pointsman listens on http://127.0.0.1:7411\n');
    expect(io.err()).toContain('pointsman push FOLDER service:tag');
    expect(io.err()).toContain('Closed. To go on: pointsman start\n');
  });

  it('says loudly that the clock is virtual', async () => {
    const asked: unknown[] = [];
    const io = fakeIo({ tty: true });
    const out = createOut(io, { format: 'text', quiet: false, verbose: false, colour: 'never' });
    const host: RunHost = async (options) => {
      asked.push(options.virtualClock);
      return { url: 'http://h', closed: Promise.resolve(), close: async () => undefined };
    };
    await start({ virtualClock: true }, { io, out }, async () => host);

    expect(asked).toEqual([true]);
    expect(io.err()).toContain('THE CLOCK IS VIRTUAL: every wait, retry and timeout passes at once. For tests only.');
  });

  it('keeps a log for programs free of prose', async () => {
    const { io, result } = begin(async () => ({
      url: 'http://h',
      closed: Promise.resolve(),
      close: async () => undefined,
    }));

    expect(await result).toBe(0);
    expect(io.err()).toBe('');
  });

  it('takes pointsman.yaml of this folder', async () => {
    let file: string | undefined;
    const host: RunHost = async ({ configFile }) => {
      file = configFile;
      return { url: 'http://h', closed: Promise.resolve(), close: async () => undefined };
    };
    await begin(host, { files: { '/home/operator/shop/pointsman.yaml': '' } }).result;

    expect(file).toBe('/home/operator/shop/pointsman.yaml');
  });

  it.each([
    [
      'a port in use',
      Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }),
      7,
      /^port 7411 is in use/,
      'pointsman start --port 7412',
    ],
    [
      'a data folder in use',
      Object.assign(new Error('in use by process 12'), { try: 'kill 12' }),
      7,
      /^in use by process 12$/,
      'kill 12',
    ],
    [
      'a wrong configuration',
      Object.assign(new Error('bad:\n  port: no'), { name: 'ConfigurationError' }),
      2,
      /^bad:$/,
      undefined,
    ],
  ])('refuses %s with its own exit code', async (_, error, exitCode, headline, hint) => {
    const failure = await begin(failing(error)).result.catch((thrown: unknown) => thrown);

    expect(failure).toMatchObject({ exitCode, message: expect.stringMatching(headline) });
    expect(failure instanceof CliFailure && failure.help.try?.[0]).toBe(hint);
  });

  it('leaves a bug a bug', async () => {
    await expect(begin(failing(new TypeError('x is undefined'))).result).rejects.toBeInstanceOf(TypeError);
  });
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { countAnswers, fetchText, httpInstance } from '../../../test/support/http-instance.ts';
import { ensureRouter, stopRouter } from './ensure-router.ts';
import { localTrafficRouter } from './local-traffic-router.ts';
import { processIdentity } from '../../shared/process-identity.ts';
import { publicUrls, publishService } from './publish-service.ts';

describe('ensureRouter', () => {
  let dataFolder: string;
  beforeEach(async () => void (dataFolder = await mkdtemp(join(tmpdir(), 'router-'))));
  afterEach(async () => {
    await stopRouter(dataFolder);
    await rm(dataFolder, { recursive: true });
  });

  it('starts a router once and finds it afterwards', async () => {
    const first = await ensureRouter(dataFolder);
    const second = await ensureRouter(dataFolder);

    expect([first.wasStarted, second.wasStarted]).toEqual([true, false]);
    expect(second.pid).toBe(first.pid);
  });

  it('ends with one router when several hosts start one at once', async () => {
    const routers = await Promise.all(Array.from({ length: 3 }, () => ensureRouter(dataFolder)));

    expect(new Set(routers.map(({ pid }) => pid)).size).toBe(1);
    expect(routers.filter(({ wasStarted }) => wasStarted)).toHaveLength(1);
  });

  it('does not take another process with the same pid for the router', async () => {
    await mkdir(join(dataFolder, 'router'));
    await writeFile(join(dataFolder, 'router', 'router.json'), JSON.stringify({ pid: process.pid, startTime: '1' }));

    const { pid, wasStarted } = await ensureRouter(dataFolder);

    expect(wasStarted).toBe(true);
    expect(pid).not.toBe(process.pid);
  });

  it('starts a router that outlives the process that started it', async () => {
    const ensure = new URL('ensure-router.ts', import.meta.url).href;
    const script = `const { ensureRouter } = await import(${JSON.stringify(ensure)});
      process.stdout.write(String((await ensureRouter(${JSON.stringify(dataFolder)})).pid));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);

    const { pid, wasStarted } = await ensureRouter(dataFolder);

    expect(wasStarted).toBe(false);
    expect(pid).toBe(Number(stdout));
  });

  it('serves the same routes on the same port, and counts on, after the router was killed', async () => {
    await using instance = await httpInstance('ok');
    const before = await ensureRouter(dataFolder);
    const url = await publishService(before.control, 'web', 0);
    const router = localTrafficRouter(before.control);
    const stable = { release: 'old', upstreams: [instance.url] };
    const route = await router.change('web', 0, 4, { stable, candidate: undefined, candidatePercent: 0 });
    await countAnswers(url, 5);
    const [counters] = await eventually(
      () => router.counters('web'),
      ([old]) => old?.inFlight === 0,
    );

    process.kill(before.pid, 'SIGKILL');
    await eventually(
      () => processIdentity(before.pid),
      (identity) => identity === undefined,
    );
    const after = await ensureRouter(dataFolder);

    expect(after.wasStarted).toBe(true);
    expect(after.control).toEqual(before.control);
    expect((await publicUrls(after.control)).get('web')).toBe(url);
    expect(await router.observe('web')).toEqual(route);
    expect(await router.counters('web')).toEqual([counters]);
    expect(await countAnswers(url, 3)).toEqual({ ok: 3 });
    await eventually(
      () => router.counters('web'),
      ([old]) => old?.requests === 8,
    );
  });

  it('counts what was in flight when the router was killed as abandoned', async () => {
    let reached = 0;
    await using instance = await httpInstance(() => void reached++);
    const before = await ensureRouter(dataFolder);
    const url = await publishService(before.control, 'web', 0);
    const router = localTrafficRouter(before.control);
    const stable = { release: 'old', upstreams: [instance.url] };
    await router.change('web', 0, 4, { stable, candidate: undefined, candidatePercent: 0 });
    const leaving = new AbortController();
    const left = fetchText(url, { signal: leaving.signal }).catch(() => 'left');
    const cut = fetchText(url).catch(() => 'cut');
    await eventually(
      () => reached,
      (requests) => requests === 2,
    );
    leaving.abort();
    await eventually(
      () => router.counters('web'),
      ([old]) => old?.abandoned === 1 && old.inFlight === 1,
    );

    process.kill(before.pid, 'SIGKILL');
    expect(await Promise.all([left, cut])).toEqual(['left', 'cut']);
    await eventually(
      () => processIdentity(before.pid),
      (identity) => identity === undefined,
    );
    await ensureRouter(dataFolder);

    const upstream = { url: instance.url, requests: 2, errors: 0, abandoned: 2, inFlight: 0 };
    expect(await router.counters('web')).toMatchObject([
      { requests: 2, errors: 0, abandoned: 2, inFlight: 0, upstreams: [upstream] },
    ]);
  });

  it('takes any port for a service whose port was taken while no router ran', async () => {
    const { control } = await ensureRouter(dataFolder);
    const url = await publishService(control, 'web', 0);
    await stopRouter(dataFolder);
    await using _squatter = await httpInstance('squatter', Number(new URL(url).port));

    await ensureRouter(dataFolder);

    const moved = (await publicUrls(control)).get('web');
    expect(moved).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(moved).not.toBe(url);
  });

  it('moves a service to the port it is asked for, and says when that is taken', async () => {
    const { control } = await ensureRouter(dataFolder);
    await publishService(control, 'web', 0);
    await using other = await httpInstance('other');
    const port = Number(new URL(other.url).port);

    await expect(publishService(control, 'web', port)).rejects.toMatchObject({ name: 'Pointsman.PortTaken' });
    await other[Symbol.asyncDispose]();

    expect(await publishService(control, 'web', port)).toBe(other.url);
    expect(await publishService(control, 'web', 0)).toBe(other.url);
  });

  it('lets only its owner use the control socket', async () => {
    const { control } = await ensureRouter(dataFolder);

    if (control.kind !== 'socket') throw new Error('expected a socket');
    expect((await stat(control.path)).mode & 0o777).toBe(0o600);
  });

  it('is controlled over a loopback port with a token when the path is too long for a socket', async () => {
    const deep = join(dataFolder, 'd'.repeat(100));
    const { control } = await ensureRouter(deep);
    try {
      if (control.kind !== 'loopback') throw new Error('expected a loopback port');
      expect((await stat(control.addressFile)).mode & 0o777).toBe(0o600);
      expect((await localTrafficRouter(control).observe('web')).version).toBe(0);
      const { port } = JSON.parse(await readFile(control.addressFile, 'utf8')) as { port: number };
      expect(await statusOf(port, 'Bearer guess')).toBe(401);
    } finally {
      await stopRouter(deep);
    }
  });

  it('says what the log says when the router cannot start', async () => {
    await mkdir(join(dataFolder, 'router'));
    await writeFile(join(dataFolder, 'router', 'routes.json'), 'not JSON');

    await expect(ensureRouter(dataFolder)).rejects.toMatchObject({
      name: 'Pointsman.RouterUnreachable',
      message: expect.stringContaining('routes.json is no file of routes') as string,
    });
  });

  it('finds nothing to stop where none runs', async () => {
    expect(await stopRouter(dataFolder)).toBe(false);
  });
});

const statusOf = (port: number, authorization: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/health', headers: { authorization } }, (res) =>
      resolve(res.resume().statusCode),
    )
      .on('error', reject)
      .end();
  });

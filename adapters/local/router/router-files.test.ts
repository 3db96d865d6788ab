import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Route } from '../../../functions/ports/traffic-router.ts';
import { routerFiles } from './router-files.ts';

const route: Route = {
  service: 'web',
  version: 3,
  epoch: 2,
  stable: { release: 'old', upstreams: ['http://127.0.0.1:1'] },
  candidate: undefined,
  candidatePercent: 0,
};

describe('routerFiles', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'router-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('knows nothing in a new folder', async () => {
    const files = routerFiles(join(folder, 'new'));

    expect([await files.routes(), await files.counters()]).toEqual([new Map(), new Map()]);
  });

  it('reads the routes it wrote', async () => {
    const services = new Map([['web', { port: 8080, route }]]);
    await routerFiles(folder).saveRoutes(services);

    expect(await routerFiles(folder).routes()).toEqual(services);
  });

  it('leaves nothing beside the file, which only its owner reads', async () => {
    await routerFiles(folder).saveRoutes(new Map([['web', { port: 8080, route }]]));

    expect(await readdir(folder)).toEqual(['routes.json']);
    expect((await stat(join(folder, 'routes.json'))).mode & 0o777).toBe(0o600);
  });

  it('refuses routes it cannot understand, and names the file', async () => {
    await writeFile(join(folder, 'routes.json'), '{"format":1,"services":{"web":{"port":1,"route":{}}}}');

    await expect(routerFiles(folder).routes()).rejects.toThrow(join(folder, 'routes.json'));
    expect(await readFile(join(folder, 'routes.json'), 'utf8')).toContain('web'); // and keeps them
  });

  it('leaves the file of counters alone while nothing changes, also after a new start', async () => {
    const counters = new Map([['web', []]]);
    await routerFiles(folder).saveCounters(counters);
    const { ino } = await stat(join(folder, 'counters.json')); // a file that is replaced has another

    const again = routerFiles(folder);
    await again.counters();
    await again.saveCounters(counters);

    expect((await stat(join(folder, 'counters.json'))).ino).toBe(ino);
  });

  it('counts anew when the counters cannot be understood', async () => {
    await writeFile(join(folder, 'counters.json'), 'half a fi');

    expect(await routerFiles(folder).counters()).toEqual(new Map());
  });
});

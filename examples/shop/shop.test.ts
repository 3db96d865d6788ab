import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('the shop', () => {
  let folder: string;
  let shop: ChildProcess | undefined;

  /** Starts a release and gives its address, read from its first line. */
  async function start(release: object): Promise<string> {
    await writeFile(join(folder, 'release.json'), JSON.stringify(release));
    shop = spawn(process.execPath, ['server.mjs'], {
      cwd: folder,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (shop.stdout === null) throw new Error('the shop has no standard output');
    const [line] = await once(createInterface(shop.stdout), 'line');
    return `http://${String(line).split(' ').at(-1)}`;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pointsman-shop-'));
    await cp(import.meta.dirname, folder, { recursive: true });
  });
  afterEach(async () => {
    shop?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('answers its version', async () => {
    const url = await start({ version: '1.4.2', errorRate: 0, latencyMs: 0 });

    const answer = await fetch(url);

    expect([answer.status, await answer.json()]).toEqual([200, { service: 'shop', version: '1.4.2', ok: true }]);
  });

  it('fails every tenth request at an error rate of 0.1', async () => {
    const url = await start({ version: '1.4.2', errorRate: 0.1, latencyMs: 0 });

    const statuses: number[] = [];
    for (let request = 1; request <= 30; request += 1) {
      const answer = await fetch(url);
      await answer.body?.cancel();
      statuses.push(answer.status);
    }

    expect(statuses.flatMap((status, index) => (status === 500 ? [index + 1] : []))).toEqual([10, 20, 30]);
  });

  it('is healthy, but not before readyAfterMs', async () => {
    const late = await start({ version: '1.4.2', errorRate: 0, latencyMs: 0, readyAfterMs: 600_000 });
    expect((await fetch(`${late}/healthz`)).status).toBe(503);
    shop?.kill('SIGKILL');

    const ready = await start({ version: '1.4.2', errorRate: 0, latencyMs: 0 });
    expect((await fetch(`${ready}/healthz`)).status).toBe(200);
  });

  it('answers what it has begun after SIGTERM, then ends with code 0', async () => {
    const url = await start({ version: '1.4.2', errorRate: 0, latencyMs: 100 });
    const begun = request(url, { headers: { expect: '100-continue' } }).end();
    const answered = once(begun, 'response');
    await once(begun, 'continue'); // the shop has read the request

    shop?.kill('SIGTERM');
    const ended = shop === undefined ? [] : await once(shop, 'exit');

    const [answer]: IncomingMessage[] = await answered;
    expect(answer?.statusCode).toBe(200);
    expect(ended).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('exits with code 1 when the release says crash', async () => {
    await writeFile(join(folder, 'release.json'), JSON.stringify({ version: '1.4.2', crash: true }));
    shop = spawn(process.execPath, ['server.mjs'], { cwd: folder, stdio: 'ignore' });

    expect(await once(shop, 'exit')).toEqual([1, null]);
  });
});

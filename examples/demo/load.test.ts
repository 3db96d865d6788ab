import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Load, startLoad } from './load-process.ts';
import { count } from './tally.ts';

describe('the load', () => {
  let server: Server;
  let load: Load | undefined;
  let answered: number;
  let url: string;

  beforeEach(async () => {
    answered = 0;
    server = createServer((_, response) => {
      answered += 1;
      response.writeHead(answered % 10 === 0 ? 500 : 200).end('{"version":"1.0.0"}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(() => {
    load?.kill();
    server.close();
  });

  it('sends no more than it may, and counts every answer by status and version', async () => {
    load = startLoad(url, 500, 50);
    await load.ended;

    const tallies = load.tallies();
    expect(answered).toBe(50);
    expect(count(tallies)).toEqual({ requests: 50, failures: 5 });
    expect(new Set(tallies.map(({ version, outcome }) => `${version} ${outcome}`))).toEqual(
      new Set(['1.0.0 200', '1.0.0 500']),
    );
  });

  it('counts for the act that is playing, until it is stopped', async () => {
    load = startLoad(url, 200, 100_000);
    load.play(4, false);
    const acts = () => new Set(load?.tallies().map(({ act, hostAlive }) => `${act} ${hostAlive}`));
    await vi.waitUntil(() => acts().has('4 false'));
    await load.stop();

    expect(count(load.tallies()).requests).toBe(answered);
  });

  it('counts what is refused', async () => {
    server.close();
    load = startLoad(url, 500, 5);
    await load.ended;

    expect(load.tallies().map(({ version, outcome }) => `${version} ${outcome}`)).toContain('null ECONNREFUSED');
    expect(count(load.tallies())).toEqual({ requests: 5, failures: 5 });
  });
});

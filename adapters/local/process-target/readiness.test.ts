import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askReadiness } from './readiness.ts';

async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

describe('askReadiness', () => {
  it.each([
    [200, 'ready'],
    [204, 'ready'],
    [302, 'not-ready'],
    [404, 'not-ready'],
    [503, 'not-ready'],
  ])('takes %i for %s', async (status, verdict) => {
    const url = await serving((_, response) => response.writeHead(status).end());

    expect(await askReadiness(url, '/ready')).toEqual({ verdict, detail: `readiness answered ${status}` });
  });

  it('asks the path it is given', async () => {
    const url = await serving(({ url }, response) => response.writeHead(url === '/health?deep=1' ? 200 : 404).end());

    expect((await askReadiness(url, '/health?deep=1')).verdict).toBe('ready');
  });

  it('takes no answer in time for slow', async () => {
    const url = await serving(() => {});

    expect(await askReadiness(url, '/ready', 50)).toEqual({
      verdict: 'slow',
      detail: 'readiness gave no answer within 0.05 s',
    });
  });

  it('takes nobody listening for not ready', async () => {
    expect(await askReadiness('http://127.0.0.1:1', '/ready')).toEqual({
      verdict: 'not-ready',
      detail: 'readiness could not be asked: ECONNREFUSED',
    });
  });
});

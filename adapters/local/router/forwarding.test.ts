import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { countAnswers, fetchText, httpInstance } from '../../../test/support/http-instance.ts';
import { testRouter } from '../../../test/support/local-router.ts';

const chunk = Buffer.alloc(64 * 1024, 'x');
const largeChunks = 1_600; // 100 MB
const largeBytes = largeChunks * chunk.length;
/** More than all socket buffers on the way hold, and far less than the body. */
const buffered = 64 * 1024 * 1024;

describe('forwarding', () => {
  it('answers 503 and says why while there is no route', async () => {
    await using router = await testRouter();

    const { status, text, headers } = await fetchText(router.url);

    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      error: { code: 'NoRoute', message: 'web: the router has no route with upstreams for it; deploy it first' },
    });
    expect(headers['retry-after']).toBe('1');
  });

  it('passes method, path, query, headers, body and status on, both ways', async () => {
    await using instance = await httpInstance((req, res) => {
      let body = '';
      req.on('data', (data) => (body += String(data)));
      req.on('end', () => {
        res.writeHead(418, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
        res.end(JSON.stringify([req.method, req.url, req.headers['x-ask'], req.headers.host, body]));
      });
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    const { status, text, headers } = await fetchText(`${router.url}/a%20b?c=d`, {
      method: 'PUT',
      headers: { 'x-ask': 'please', host: 'shop.example' },
      body: 'hello',
    });

    expect(status).toBe(418);
    expect(JSON.parse(text)).toEqual(['PUT', '/a%20b?c=d', 'please', 'shop.example', 'hello']);
    expect(headers).toMatchObject({ 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
  });

  it('adds X-Forwarded-* and drops hop-by-hop headers, also those that Connection names', async () => {
    const seen: IncomingMessage['headers'][] = [];
    await using instance = await httpInstance((req, res) => {
      seen.push(req.headers);
      res.writeHead(200, { connection: 'close, x-hop', 'x-hop': 'mine', 'keep-alive': 'timeout=1', 'x-kept': 'yes' });
      res.end();
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    const { headers } = await fetchText(router.url, {
      headers: {
        connection: 'close, x-secret',
        'x-secret': '1',
        te: 'trailers',
        'x-forwarded-for': '10.0.0.9',
        host: 'a.b',
      },
    });

    expect(seen[0]).toMatchObject({
      'x-forwarded-for': '10.0.0.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'a.b',
      'x-forwarded-port': new URL(router.url).port,
      connection: 'keep-alive',
    });
    expect(seen[0]).not.toHaveProperty('x-secret');
    expect(seen[0]).not.toHaveProperty('te');
    expect(headers).toMatchObject({ connection: 'close', 'x-kept': 'yes' });
    expect(headers).not.toHaveProperty('x-hop');
  });

  it('keeps connections to instances open between requests', async () => {
    let connections = 0;
    await using instance = await httpInstance('ok');
    instance.server.on('connection', () => connections++);
    await using router = await testRouter();
    await router.route([instance.url]);

    await countAnswers(router.url, 20);

    expect(connections).toBe(1);
  });

  it('streams a large upload, and holds the client back while the instance does not read', async () => {
    let produced = 0;
    let received = 0;
    const mayRead = Promise.withResolvers<void>();
    await using instance = await httpInstance((req, res) => {
      req.on('end', () => res.end('done'));
      void mayRead.promise.then(() => req.on('data', (data: Buffer) => (received += data.length)));
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(router.url, { method: 'POST' });
    const answer = once(client, 'response');
    const sent = pipeline(
      large((bytes) => (produced = bytes)),
      client,
    );
    await standsStill(() => produced);

    expect(produced).toBeGreaterThan(0);
    expect(produced).toBeLessThan(buffered);
    mayRead.resolve();
    await sent;
    await answer;
    expect(received).toBe(largeBytes);
  });

  it('streams a large answer to a slow client, holds the instance back, and serves others meanwhile', async () => {
    let produced = 0;
    await using instance = await httpInstance((req, res) => {
      if (req.url === '/large') large((bytes) => (produced = bytes)).pipe(res);
      else res.end('small');
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(`${router.url}/large`).end();
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    await standsStill(() => produced);
    expect(produced).toBeLessThan(buffered);
    expect(await countAnswers(router.url, 10)).toEqual({ small: 10 });
    await router.counters('old', ({ inFlight, requests }) => inFlight === 1 && requests === 11);

    let received = 0;
    for await (const data of answer) received += (data as Buffer).length;
    expect(received).toBe(largeBytes);
    await router.counters('old', ({ inFlight, errors }) => inFlight === 0 && errors === 0);
  });

  it('breaks the client off and counts an error when the instance dies in the middle of its answer', async () => {
    await using instance = await httpInstance((_req, res) => {
      res.writeHead(200, { 'content-length': '1000' });
      res.write('half', () => res.destroy());
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    await expect(fetchText(router.url)).rejects.toThrow();

    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 1, abandoned: 0 });
    expect(counters.latency.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it.each(['before', 'during'])('counts no error when the client leaves %s the answer', async (moment) => {
    const reached = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await using instance = await httpInstance((_req, res) => {
      res.on('close', left.resolve);
      if (moment === 'during') res.write('half');
      reached.resolve();
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(router.url, { agent: false }).end();
    client.on('error', () => {});
    await (moment === 'during' ? once(client, 'response') : reached.promise);
    client.destroy();

    await left.promise; // the instance learns that nobody waits any more
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 1 });
  });

  it('counts no error when the client leaves in the middle of its upload', async () => {
    const reached = Promise.withResolvers<void>();
    await using instance = await httpInstance((req) => req.on('error', () => {}).once('data', () => reached.resolve()));
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(router.url, { method: 'POST' });
    client.on('error', () => {});
    client.write('half');
    await reached.promise;
    client.destroy();

    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 1 });
  });

  it('passes on an answer that comes before the upload is over', async () => {
    await using instance = await httpInstance((_req, res) => void res.writeHead(413).end('too large'));
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(router.url, { method: 'POST' });
    client.on('error', () => {}); // the rest of the upload may be cut off
    const answer = once(client, 'response');
    large(() => {}).pipe(client);

    expect(((await answer)[0] as IncomingMessage).resume().statusCode).toBe(413);
    client.destroy();
    expect(await router.counters('old', ({ inFlight }) => inFlight === 0)).toMatchObject({ requests: 1, errors: 0 });
  });

  it('lets a client that waits for 100 Continue go on', async () => {
    await using instance = await httpInstance((req, res) => void req.pipe(res));
    await using router = await testRouter();
    await router.route([instance.url]);

    const client = request(router.url, { method: 'POST', headers: { expect: '100-continue', 'content-length': 5 } });
    const answer = once(client, 'response');
    client.flushHeaders();
    await once(client, 'continue');
    client.end('hello');

    const [{ statusCode }] = (await answer) as [IncomingMessage];
    expect(statusCode).toBe(200);
  });

  it('answers 504 and counts an error when an instance stays silent too long', async () => {
    await using instance = await httpInstance(() => {});
    await using router = await testRouter({ answerTimeoutSeconds: 0.05 });
    await router.route([instance.url]);

    expect((await fetchText(router.url)).status).toBe(504);
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 1, abandoned: 0 });
    expect(counters.latency.counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('serves an HTTP/1.0 client and closes its connection', async () => {
    await using instance = await httpInstance('ok');
    await using router = await testRouter();
    await router.route([instance.url]);
    const socket = connect(Number(new URL(router.url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.0\r\n\r\n');

    const text = Buffer.concat(await Readable.from(socket).toArray()).toString();

    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text.endsWith('ok')).toBe(true);
  });

  it('serves a client that offers h2c over HTTP/1.1', async () => {
    await using instance = await httpInstance('ok');
    await using router = await testRouter();
    await router.route([instance.url]);

    const { status, text } = await fetchText(router.url, { headers: { connection: 'Upgrade', upgrade: 'h2c' } });

    expect([status, text]).toEqual([200, 'ok']);
  });

  it('sends exactly 10 of any 100 requests to the candidate at 10 %, also many at once', async () => {
    const order: string[] = [];
    const instance = (name: string) =>
      httpInstance((_req, res) => {
        order.push(name);
        res.end(name);
      });
    await using stable = await instance('stable');
    await using candidate = await instance('candidate');
    await using router = await testRouter();
    await router.route([stable.url], [candidate.url], 10);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });

    await Promise.all(Array.from({ length: 8 }, () => countAnswers(router.url, 25, agent)));
    agent.destroy();

    expect(order.filter((name) => name === 'candidate')).toHaveLength(20);
  });
});

/** 100 MB, a chunk at a time, as fast as it is taken. */
function large(onProduced: (bytes: number) => void): Readable {
  let chunks = 0;
  return new Readable({
    read() {
      if (chunks < largeChunks) onProduced((chunks + 1) * chunk.length);
      this.push(chunks++ < largeChunks ? chunk : null);
    },
  });
}

/** Resolves when a growing number has not grown over several looks. */
async function standsStill(read: () => number): Promise<void> {
  let last = -1;
  let same = 0;
  await eventually(read, (value) => {
    same = value === last && value > 0 ? same + 1 : 0;
    last = value;
    return same >= 5;
  });
}

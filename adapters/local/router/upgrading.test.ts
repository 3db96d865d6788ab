import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpInstance, nobody, type HttpInstance } from '../../../test/support/http-instance.ts';
import { testRouter } from '../../../test/support/local-router.ts';

describe('WebSockets', () => {
  it('passes bytes through in both directions once the instance has upgraded', async () => {
    await using instance = await echoing();
    await using router = await testRouter();
    await router.route([instance.url]);
    const { socket, answer } = await upgrade(router.url);
    expect(answer.statusCode).toBe(101);
    expect(answer.headers['sec-websocket-accept']).toBe('for key=');

    socket.write('ping');

    expect(String((await once(socket, 'data'))[0])).toBe('echo ping');
    await router.counters('old', ({ inFlight, requests }) => inFlight === 1 && requests === 1);
    socket.destroy();
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 0 });
  });

  it('ends the client when the instance ends, and counts no error', async () => {
    await using instance = await echoing();
    await using router = await testRouter();
    await router.route([instance.url]);
    const { socket } = await upgrade(router.url);
    socket.resume();

    socket.write('bye');

    await once(socket, 'close');
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 0 });
  });

  it('ends the instance side when the client is torn down', async () => {
    await using instance = await echoing();
    const upgraded = once(instance.server, 'upgrade');
    await using router = await testRouter();
    await router.route([instance.url]);
    const { socket } = await upgrade(router.url);
    const [, upstreamSocket] = (await upgraded) as [IncomingMessage, Duplex];

    (socket as Socket).resetAndDestroy();

    await once(upstreamSocket, 'close');
    expect(upstreamSocket.destroyed).toBe(true);
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0 });
  });

  it('passes on the answer of an instance that does not upgrade', async () => {
    await using instance = await httpInstance('ok');
    instance.server.on('upgrade', (_req, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nno');
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    expect((await upgrade(router.url)).answer.statusCode).toBe(401);
    await router.counters('old', ({ inFlight, errors, requests }) => inFlight === 0 && errors === 0 && requests === 1);
  });

  it('counts a handshake whose client left before it was answered as abandoned', async () => {
    const reached = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await using instance = await httpInstance('no upgrade');
    instance.server.on('upgrade', (_req, socket) => {
      socket.on('end', () => socket.end(left.resolve)).resume();
      reached.resolve();
    });
    await using router = await testRouter();
    await router.route([instance.url]);
    const req = request(router.url, { headers: handshake, agent: false }).end();
    req.on('error', () => {});
    await reached.promise;

    req.destroy();

    await left.promise; // the instance learns that nobody waits any more
    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 1 });
  });

  it('answers 503 without a route, and 502 from a dead instance', async () => {
    await using router = await testRouter();
    expect((await upgrade(router.url)).answer.statusCode).toBe(503);

    await router.route([await nobody()]);

    expect((await upgrade(router.url)).answer.statusCode).toBe(502);
    await router.counters('old', ({ inFlight, errors }) => inFlight === 0 && errors === 1);
  });
});

/** Upgrades everything, answers each write with `echo …`, and ends on `bye`. */
async function echoing(): Promise<HttpInstance> {
  const instance = await httpInstance('no upgrade');
  instance.server.on('upgrade', (req, socket) => {
    const accept = `for ${req.headers['sec-websocket-key']}`;
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.on('error', () => {});
    socket.on('data', (data) => (String(data) === 'bye' ? socket.end() : socket.write(`echo ${String(data)}`)));
    socket.on('end', () => socket.end());
  });
  return instance;
}

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'key=',
  'sec-websocket-version': '13',
};

async function upgrade(url: string): Promise<{ answer: IncomingMessage; socket: Duplex }> {
  return new Promise((resolve, reject) => {
    const req = request(url, { headers: handshake, agent: false }).end();
    req.on('upgrade', (answer, socket) => resolve({ answer, socket }));
    req.on('response', (answer) => resolve({ answer: answer.resume(), socket: answer.socket }));
    req.on('error', reject);
  });
}

import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

describe('freePort', () => {
  it('gives the wanted port when it is free', async () => {
    const port = await freePort(new Set());

    expect(await freePort(new Set(), port)).toBe(port);
  });

  it('gives another when somebody listens on it, or it is promised', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

    expect(await freePort(new Set(), port)).not.toBe(port);
    const promised = await freePort(new Set());
    expect(await freePort(new Set([promised]), promised)).not.toBe(promised);
  });
});

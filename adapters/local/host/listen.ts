import { createServer, type Server } from 'node:http';
import { isIPv4 } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { ConfigurationError } from '../../configuration.ts';

export interface Listening {
  /** With the port that was taken when 0 was asked for. */
  readonly url: string;
  /** Stops listening and resolves when the requests in hand are answered. Safe to repeat. */
  close(): Promise<void>;
}

/** What answers requests. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** Serves HTTP. Rejects with the operating system's error when the port is taken. */
export function listen(fetch: Fetch, hostname: string, port: number): Promise<Listening> {
  const answer = getRequestListener(fetch, { hostname });
  const server = createServer((request, response) => {
    request.headers.host = withoutPrefix(request.headers.host);
    void answer(request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => {
      server.off('error', reject);
      resolve({ url: urlOf(server), close: () => close(server) });
    });
  });
}

/**
 * Clients put `sync-` before the host of StartSyncExecution and TestState. `sync-127.0.0.1` is the host of no valid URL,
 * so the prefix is taken away before anything makes a URL of it.
 */
const withoutPrefix = (host = ''): string => host.replace(/^sync-/, '');

function urlOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error(`the server listens on ${bound}, not on a port`);
  const { family, address, port } = bound;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

const close = (server: Server): Promise<void> =>
  new Promise((closed) => {
    server.close(() => closed());
    server.closeIdleConnections();
  });

/**
 * Without authentication the host answers this machine only.
 * @throws ConfigurationError for any other address
 */
export function refuseOffLoopback(address: string): void {
  if (address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'))) return;
  throw new ConfigurationError(
    `the host does not listen on ${address}: it has no authentication, so it listens on loopback only; use 127.0.0.1 and a tunnel`,
  );
}

import { isIPv4 } from 'node:net';
import { serve } from '@hono/node-server';
import { ConfigurationError } from '../../configuration.ts';

interface Listening {
  /** With the port that was taken when 0 was asked for. */
  readonly url: string;
  /** Stops listening and resolves when the requests in hand are answered. Safe to repeat. */
  close(): Promise<void>;
}

/** What answers requests. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** Serves HTTP. Rejects with the operating system's error when the port is taken. */
export function listen(fetch: Fetch, hostname: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, ({ family, address, port: bound }) => {
      server.off('error', reject);
      resolve({
        url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeIdleConnections' in server) server.closeIdleConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}

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

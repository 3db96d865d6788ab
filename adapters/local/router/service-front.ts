import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientKeepAliveSeconds } from './proxy-headers.ts';
import type { RequestForwarder, ServedService } from './request-forwarder.ts';
import type { RoutingTable } from './routing-table.ts';
import type { WriteGate } from './write-gate.ts';
import { isWebSocket, type UpgradeForwarder } from './upgrade-forwarder.ts';

/** The public listener of one service. */
export interface ServiceFront {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Takes no new connections, lets requests and WebSockets in flight finish; resolves when the last connection is closed. */
  close(): Promise<void>;
}

const idleSweepMs = 100;

/**
 * Opens a service's public port on 127.0.0.1. `port` 0 takes any.
 * @param table read for every request, so that a change is followed by the next one
 * @throws Error with code `EADDRINUSE` when the port is taken
 */
export async function openServiceFront(
  name: string,
  port: number,
  table: () => RoutingTable,
  requests: RequestForwarder,
  upgrades: UpgradeForwarder,
  gate: WriteGate,
): Promise<ServiceFront> {
  const server = createServer({
    shouldUpgradeCallback: isWebSocket,
    keepAliveTimeout: clientKeepAliveSeconds * 1000,
    requestTimeout: 0, // a large upload over a slow line is no attack; slow heads still end after headersTimeout
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, backlog: 4096 }, resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  const service: ServedService = {
    name,
    port: chosen,
    gate,
    get table() {
      return table();
    },
  };
  server.on('request', (req, res) => requests.forward(req, res, service));
  server.on('upgrade', (req, socket, head) => upgrades(req, socket, head, service));

  return {
    port: chosen,
    url: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        // Node closes the connections that are idle now; those that become idle later are for us.
        const sweeper = setInterval(() => server.closeIdleConnections(), idleSweepMs).unref();
        server.close(() => {
          clearInterval(sweeper);
          resolve();
        });
      }),
  };
}

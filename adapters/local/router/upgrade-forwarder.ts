import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import { ownAnswerText } from './own-answer.ts';
import { prepareUpgrade } from './proxy-headers.ts';
import type { ForwardingOptions, ServedService } from './request-forwarder.ts';
import { pickUpstream } from './routing-table.ts';
import { countAbandoned, countDuration, countEnd, countError, countStart, type Upstream } from './upstream.ts';

/** A WebSocket, from its handshake until either side closes it. */
interface Handshake {
  readonly upstream: Upstream;
  readonly service: ServedService;
  readonly startedAt: number;
  isAnswered: boolean;
}

export type UpgradeForwarder = (req: IncomingMessage, socket: Duplex, head: Buffer, service: ServedService) => void;

/** True for the one upgrade that is passed on. Others (h2c, which some clients offer by habit) are served as HTTP/1.1. */
export const isWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/**
 * The reverse proxy for WebSockets. A WebSocket is in flight until it closes, and its latency is that of the handshake.
 * A handshake is not tried again elsewhere, because httpxy ends the client's connection when it fails; the instance
 * is passed over by the next ones.
 */
export function upgradeForwarder(options: ForwardingOptions = {}): UpgradeForwarder {
  const ejectionMs = (options.ejectionSeconds ?? 1) * 1000;
  const upgradeTimeout = (options.answerTimeoutSeconds ?? 60) * 1000;
  const handshakes = new Map<Duplex, Handshake>();
  const proxy = createProxyServer();

  proxy.on('proxyReqWs', (outgoing, _req, socket) => {
    const handshake = handshakes.get(socket);
    if (!handshake) return;
    socket.once('close', () => outgoing.destroy()); // a client that left while it waited: the instance need not go on
    outgoing.once('response', ({ statusCode = 0 }) => {
      answered(handshake);
      if (statusCode >= 500) countError(handshake.upstream);
    });
    outgoing.once('upgrade', (_answer, upstreamSocket) => {
      answered(handshake);
      // Piping ends one side when the other ends, but not when it is torn down.
      socket.once('close', () => upstreamSocket.destroy());
      upstreamSocket.once('close', () => socket.end());
    });
  });
  // Runs before httpxy ends the client's socket, which is the last moment to say why.
  proxy.on('error', (_error, _req, client) => {
    const handshake = client instanceof Socket ? handshakes.get(client) : undefined;
    if (!handshake || !(client instanceof Socket) || handshake.isAnswered || client.destroyed) return;
    answered(handshake);
    handshake.upstream.ejectedUntil = performance.now() + ejectionMs;
    countError(handshake.upstream);
    client.write(ownAnswerText('UpstreamFailed', handshake.service.name));
  });

  return (req, socket, head, service) => {
    const startedAt = performance.now();
    const upstream = pickUpstream(service.table, startedAt);
    if (!upstream || !(socket instanceof Socket)) {
      socket.end(ownAnswerText('NoRoute', service.name));
      return;
    }
    const handshake: Handshake = { upstream, service, startedAt, isAnswered: false };
    handshakes.set(socket, handshake);
    countStart(upstream, true);
    socket.once('close', () => {
      handshakes.delete(socket);
      countEnd(upstream);
      if (!handshake.isAnswered) countAbandoned(upstream);
    });
    // A server's socket stays open to write when the client ends its side; who does so before the answer has left.
    socket.once('end', () => !handshake.isAnswered && socket.destroy());
    prepareUpgrade(req, service.port);
    // No agent: the connection becomes the WebSocket's own, and a fresh one cannot be stale.
    proxy.ws(req, socket, { target: upstream.target, agent: false, upgradeTimeout }, head).catch(() => {});
  };
}

/** The client has its answer, also when it is our own. */
function answered(handshake: Handshake): void {
  handshake.isAnswered = true;
  countDuration(handshake.upstream, performance.now() - handshake.startedAt);
}

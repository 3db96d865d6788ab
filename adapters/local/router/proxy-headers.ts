import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** Seconds a client may keep an idle connection; sent to clients as a hint so that they do not use it just as it closes. */
export const clientKeepAliveSeconds = 75;

/**
 * Headers that end at this hop (RFC 9110 §7.6.1). `transfer-encoding` stays: node:http frames the body anew by it.
 * `expect` goes too, node:http has already answered it with 100 Continue.
 */
const hopByHop = ['keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'];

/** Makes a client's request ready for the upstream, in place: hop-by-hop headers out, X-Forwarded-* in. */
export function prepareRequest(req: IncomingMessage, publicPort: number): void {
  const { headers } = req;
  dropHopByHop(headers);
  delete headers.upgrade;
  delete headers.expect;
  // Without a Connection header the upstream connection is kept, whatever the client does with its own.
  delete headers.connection;
  if (headers['transfer-encoding'] === 'chunked' && chunkedByDefault.has(req.method ?? '')) {
    // node:http frames these bodies in chunks anyway. Told so, httpxy asks the instance to close the connection, and an
    // early answer (413, 401) is lost with it while the upload is still going on.
    delete headers['transfer-encoding'];
  }
  addForwarded(req, publicPort, 'http');
}

const chunkedByDefault = new Set(['POST', 'PUT', 'PATCH']);

/** The same for a WebSocket handshake, whose Connection and Upgrade headers are the point of it. */
export function prepareUpgrade(req: IncomingMessage, publicPort: number): void {
  dropHopByHop(req.headers);
  req.headers.connection = 'Upgrade';
  addForwarded(req, publicPort, 'ws');
}

/** Makes an upstream's answer ready for the client, in place. Connection is about the client's own connection. */
export function prepareAnswer(answer: IncomingMessage, res: ServerResponse): void {
  const { headers } = answer;
  dropHopByHop(headers);
  delete headers.upgrade;
  headers.connection = res.shouldKeepAlive ? 'keep-alive' : 'close';
  if (res.shouldKeepAlive) headers['keep-alive'] = keepAliveHint;
}

const keepAliveHint = `timeout=${clientKeepAliveSeconds}`;

function dropHopByHop(headers: IncomingHttpHeaders): void {
  const { connection } = headers;
  for (const name of hopByHop) if (headers[name] !== undefined) delete headers[name];
  if (connection === undefined || plainConnection.test(connection)) return;
  for (const name of connection.split(',')) {
    const named = name.trim().toLowerCase();
    if (!framing.has(named)) delete headers[named];
  }
}

/** The values nearly every request has, which name no further header. */
const plainConnection = /^(?:keep-alive|close|upgrade)$/i;
/** A client that calls these hop-by-hop would change how the body is framed, or whom it is for: they stay. */
const framing = new Set(['connection', 'upgrade', 'transfer-encoding', 'content-length', 'host']);

function addForwarded({ headers, socket }: IncomingMessage, publicPort: number, scheme: 'http' | 'ws'): void {
  const before = headers['x-forwarded-for'];
  const client = socket.remoteAddress ?? '';
  headers['x-forwarded-for'] = before === undefined ? client : `${String(before)}, ${client}`;
  headers['x-forwarded-proto'] ??= scheme;
  headers['x-forwarded-port'] ??= String(publicPort);
  if (headers.host !== undefined) headers['x-forwarded-host'] ??= headers.host;
}

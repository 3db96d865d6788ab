import { Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import { answerOwn } from './own-answer.ts';
import { prepareAnswer, prepareRequest } from './proxy-headers.ts';
import { pickAnother, pickUpstream, type RoutingTable } from './routing-table.ts';
import { mayWrite, type WriteGate } from './write-gate.ts';
import { slots } from './slots.ts';
import { countLatency, emptyLatency } from './latency-histogram.ts';
import {
  countAbandoned,
  countDuration,
  countEnd,
  countError,
  countStart,
  type ReleaseTally,
  type Upstream,
} from './upstream.ts';

export interface ForwardingOptions {
  /** How long an instance may take from the whole request to the answer's head before the client gets 504. Default 60. */
  readonly answerTimeoutSeconds?: number;
  /** How long an instance that could not be reached is passed over. Default 1. */
  readonly ejectionSeconds?: number;
}

/** What the data path knows of a service; `table` is read anew for every request and every retry. */
export interface ServedService {
  readonly name: string;
  readonly port: number;
  readonly table: RoutingTable;
  /** Requests that may write pass it. */
  readonly gate: WriteGate;
}

export interface RequestForwarder {
  /** Sends a client's request to an instance and its answer back. Never throws: every failure becomes an answer. */
  forward(req: IncomingMessage, res: ServerResponse, service: ServedService): void;
  /** Histograms of what the requests in flight have taken so far; a release without any is missing. */
  waiting(): ReadonlyMap<ReleaseTally, number[]>;
  /** Ends idle upstream connections and timers. Requests in flight go on. */
  close(): void;
}

/** One client request on its way, over all its attempts. */
interface Exchange {
  slot: number;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly service: ServedService;
  readonly startedAt: number;
  upstream: Upstream;
  outgoing: ClientRequest | undefined;
  answer: IncomingMessage | undefined;
  /** Upstreams that could not be reached. */
  tried: Upstream[] | undefined;
  /** An instance got the request and broke the connection. Once is a restart; twice may be the request's own doing. */
  brokeOnce: boolean;
  /** Since when the instance has the whole request; seen by the sweep. */
  waitingSince: number | undefined;
  isOver: boolean;
}

/** httpxy's events name the response: it carries the exchange, which costs less than looking it up. */
const carried = Symbol('exchange');
type Carrier = ServerResponse & { [carried]?: Exchange };

/**
 * Idle upstream connections are closed before common servers close them (gunicorn after 2 s, Node after 5 s), so that
 * a request is hardly ever written to a connection that is just going away.
 */
const upstreamIdleMs = 1_500;
const sweepMs = 1_000;

/** The reverse proxy for requests. httpxy moves the bytes; choosing, retrying and counting is done here. */
export function requestForwarder(options: ForwardingOptions = {}): RequestForwarder {
  const answerTimeoutMs = (options.answerTimeoutSeconds ?? 60) * 1000;
  const ejectionMs = (options.ejectionSeconds ?? 1) * 1000;
  const open = slots<Exchange>();
  const agent = new Agent({ keepAlive: true, timeout: upstreamIdleMs, maxFreeSockets: 1024 });
  const proxy = createProxyServer();
  proxy.on('proxyReq', (outgoing, _req, res: Carrier) => {
    const exchange = res[carried];
    if (exchange) exchange.outgoing = outgoing;
  });
  proxy.on('proxyRes', (answer, _req, res: Carrier) => {
    const exchange = res[carried];
    if (exchange) exchange.answer = answer;
    prepareAnswer(answer, res);
  });

  function forward(req: IncomingMessage, res: Carrier, service: ServedService): void {
    if (!mayWrite(req.method)) return begin(req, res, service);
    const { gate, name } = service;
    const go = () => {
      if (res.destroyed) return gate.leave(); // the client left while it waited
      res.once('close', () => gate.leave());
      begin(req, res, service);
    };
    gate.enter(go, () => answerOwn(res, 'WritesHeld', name));
  }

  function begin(req: IncomingMessage, res: Carrier, service: ServedService): void {
    const startedAt = performance.now();
    const upstream = pickUpstream(service.table, startedAt);
    if (!upstream) return answerOwn(res, 'NoRoute', service.name);
    const exchange: Exchange = {
      slot: 0,
      req,
      res,
      service,
      startedAt,
      upstream,
      outgoing: undefined,
      answer: undefined,
      tried: undefined,
      brokeOnce: false,
      waitingSince: undefined,
      isOver: false,
    };
    exchange.slot = open.hold(exchange);
    res[carried] = exchange;
    res.once('close', () => settle(exchange));
    prepareRequest(req, service.port);
    countStart(upstream, true);
    send(exchange);
  }

  function send(exchange: Exchange): void {
    const { req, res, upstream } = exchange;
    proxy.web(req, res, { target: upstream.target, agent }).catch((error: Error) => recover(exchange, error));
  }

  /** An attempt failed before or during its answer: try elsewhere, or tell the client. */
  function recover(exchange: Exchange, error: Error): void {
    const { req, res, upstream } = exchange;
    // A client that left gets no answer. One that had the head sees the connection break: `settle` counts that.
    if (exchange.isOver || (req.destroyed && !req.complete) || res.destroyed || res.headersSent) return;
    if (error instanceof AnswerTimeout) return giveUp(exchange, 'UpstreamTimedOut');

    const now = performance.now();
    const wasReached = !isConnectError(error);
    const wasStale = wasReached && exchange.outgoing?.reusedSocket === true;
    const another = mayRepeat(req) && !(wasReached && exchange.brokeOnce);
    exchange.brokeOnce ||= wasReached;
    if (another && wasStale) return send(exchange); // an idle connection ran out: says nothing about the instance
    if (!wasStale) upstream.ejectedUntil = now + ejectionMs;
    (exchange.tried ??= []).push(upstream);
    const next = another ? pickAnother(exchange.service.table, exchange.tried, now) : undefined;
    if (!next) return giveUp(exchange, 'UpstreamFailed');

    const sameRelease = next.tally === upstream.tally;
    if (!sameRelease) {
      countError(upstream); // all of this release failed the client; that the other arm helps is no merit of it
      countDuration(upstream, now - exchange.startedAt);
    }
    countEnd(upstream);
    countStart(next, !sameRelease);
    exchange.upstream = next;
    exchange.outgoing = undefined;
    res.setMaxListeners(0); // every attempt adds a few
    req.setMaxListeners(0);
    send(exchange);
  }

  function giveUp({ req, res, upstream, service }: Exchange, code: 'UpstreamFailed' | 'UpstreamTimedOut'): void {
    countError(upstream);
    req.resume(); // the rest of the body, so that the client gets to reading the answer
    answerOwn(res, code, service.name);
  }

  function settle(exchange: Exchange): void {
    const { res, upstream, answer, startedAt } = exchange;
    exchange.isOver = true;
    open.letGo(exchange.slot);
    countEnd(upstream);
    const isOwnAnswer = !answer && res.headersSent; // already counted as an error
    const isBad = answer !== undefined && (answer.errored !== null || (answer.statusCode ?? 0) >= 500);
    if (isBad) countError(upstream);
    if (isBad || isOwnAnswer || res.writableFinished) countDuration(upstream, performance.now() - startedAt);
    else countAbandoned(upstream);
  }

  /** One timer for all requests: a timer for each would cost more than the second of precision is worth. */
  function sweep(): void {
    const now = performance.now();
    for (const exchange of open.values()) {
      if (exchange.answer || !exchange.req.complete) continue;
      exchange.waitingSince ??= now;
      if (now - exchange.waitingSince > answerTimeoutMs) exchange.outgoing?.destroy(new AnswerTimeout());
    }
  }
  const sweeper = setInterval(sweep, Math.min(sweepMs, answerTimeoutMs)).unref();

  function waiting(): ReadonlyMap<ReleaseTally, number[]> {
    const now = performance.now();
    const histograms = new Map<ReleaseTally, number[]>();
    for (const { upstream, startedAt } of open.values()) {
      const histogram = histograms.get(upstream.tally) ?? emptyLatency();
      histograms.set(upstream.tally, histogram);
      countLatency(histogram, now - startedAt);
    }
    return histograms;
  }

  return {
    forward,
    waiting,
    close: () => {
      clearInterval(sweeper);
      agent.destroy();
    },
  };
}

class AnswerTimeout extends Error {}

/** Nothing was sent yet: the instance cannot have seen the request. */
const isConnectError = (error: Error & { readonly syscall?: string }): boolean => error.syscall === 'connect';

/** True for a request that can be sent twice without harm, and whose body, there being none, was not consumed. */
function mayRepeat({ method, headers }: IncomingMessage): boolean {
  const isSafe = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  const length = headers['content-length'];
  return isSafe && headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
}

import type { ProxyServerOptions } from 'httpxy';
import type { ReleaseCounters } from '../../../functions/ports/traffic-router.ts';
import { countLatency, emptyLatency, latencyBoundsMs } from './latency-histogram.ts';

/** Running counts of a release. Changed in place, for every request. */
export interface ReleaseTally {
  readonly release: string;
  requests: number;
  errors: number;
  abandoned: number;
  inFlight: number;
  readonly latency: number[];
  readonly upstreams: Map<string, Upstream>;
}

/** One instance of a release as the data path sees it. Changed in place, for every request. */
export interface Upstream {
  readonly url: string;
  readonly tally: ReleaseTally;
  readonly target: NonNullable<ProxyServerOptions['target']>;
  requests: number;
  errors: number;
  abandoned: number;
  inFlight: number;
  /** Milliseconds of `performance.now()`; until then other instances are preferred. */
  ejectedUntil: number;
}

/** A release not seen before. */
export const newTally = (release: string): ReleaseTally => ({
  release,
  requests: 0,
  errors: 0,
  abandoned: 0,
  inFlight: 0,
  latency: emptyLatency(),
  upstreams: new Map(),
});

/** The upstream of this address, made when it is new. One that comes back counts on from where it was. */
export function upstreamOf(tally: ReleaseTally, url: string): Upstream {
  const known = tally.upstreams.get(url);
  if (known) return known;
  // A plain record, because httpxy reads it for every request and the getters of URL build new strings each time.
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, ''); // node:http wants IPv6 addresses bare
  const target = { protocol, host, hostname: host, port: port || '80', pathname };
  const upstream = { url, tally, target, requests: 0, errors: 0, abandoned: 0, inFlight: 0, ejectedUntil: 0 };
  tally.upstreams.set(url, upstream);
  return upstream;
}

/**
 * A request goes to this upstream.
 * @param isFirst false when the same release was already tried for it, which counts for both instances but once here
 */
export function countStart(upstream: Upstream, isFirst: boolean): void {
  upstream.requests++;
  upstream.inFlight++;
  upstream.tally.inFlight++;
  if (isFirst) upstream.tally.requests++;
}

/** The request is over for this upstream, however it went. */
export function countEnd(upstream: Upstream): void {
  upstream.inFlight--;
  upstream.tally.inFlight--;
}

/** The request went wrong by the release's fault. */
export function countError(upstream: Upstream): void {
  upstream.errors++;
  upstream.tally.errors++;
}

/** The client left before there was an outcome. */
export function countAbandoned(upstream: Upstream): void {
  upstream.abandoned++;
  upstream.tally.abandoned++;
}

/** The request took this long, from its head to the last byte of the answer or to the error. */
export const countDuration = (upstream: Upstream, milliseconds: number): void =>
  countLatency(upstream.tally.latency, milliseconds);

/**
 * The counts as the port gives them, copied.
 * @param waiting histogram of the requests in flight
 */
export const readTally = (tally: ReleaseTally, waiting = emptyLatency()): ReleaseCounters => ({
  release: tally.release,
  requests: tally.requests,
  errors: tally.errors,
  abandoned: tally.abandoned,
  inFlight: tally.inFlight,
  latency: { boundsMs: latencyBoundsMs, counts: [...tally.latency], waiting },
  upstreams: Array.from(tally.upstreams.values(), ({ url, requests, errors, abandoned, inFlight }) => ({
    url,
    requests,
    errors,
    abandoned,
    inFlight,
  })),
});

/**
 * A tally that counts on from stored counters. Nothing is in flight: those requests ended with the router before. Their
 * clients got no answer, so they are abandoned, except for WebSockets, which had theirs.
 */
export function tallyFrom(counters: ReleaseCounters): ReleaseTally {
  const tally = newTally(counters.release);
  tally.requests = counters.requests;
  tally.errors = counters.errors;
  tally.abandoned = counters.latency.waiting.reduce((sum, count) => sum + count, counters.abandoned);
  const sameBounds = counters.latency.boundsMs.join() === latencyBoundsMs.join();
  if (sameBounds) for (const [i, count] of counters.latency.counts.entries()) tally.latency[i] = count;
  for (const { url, requests, errors, abandoned, inFlight } of counters.upstreams)
    Object.assign(upstreamOf(tally, url), { requests, errors, abandoned: abandoned + inFlight });
  return tally;
}

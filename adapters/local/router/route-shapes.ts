import * as z from 'zod/mini';
import type { ReleaseCounters, Route, RouteChange } from '../../../functions/ports/traffic-router.ts';

const arm = z.object({ release: z.string(), upstreams: z.array(z.string()) });
const change = z.object({ stable: z.optional(arm), candidate: z.optional(arm), candidatePercent: z.number() });
const route = z.extend(change, { service: z.string(), version: z.number(), epoch: z.number() });
const counts = { requests: z.number(), errors: z.number(), abandoned: z.number(), inFlight: z.number() };
const buckets = z.array(z.number());
const counters = z.object({
  release: z.string(),
  ...counts,
  latency: z.object({ boundsMs: buckets, counts: buckets, waiting: buckets }),
  upstreams: z.array(z.object({ url: z.string(), ...counts })),
});

/** @throws Error naming what is wrong when `raw` is no route as the router writes it */
export function readRoute(raw: unknown): Route {
  const { service, version, epoch, stable, candidate, candidatePercent } = route.parse(raw);
  return { service, version, epoch, stable, candidate, candidatePercent };
}

/** @throws Error naming what is wrong when `raw` is no wanted route */
export function readRouteChange(raw: unknown): RouteChange {
  const { stable, candidate, candidatePercent } = change.parse(raw);
  return { stable, candidate, candidatePercent };
}

/** @throws Error naming what is wrong when `raw` is no list of counters */
export const readCounters = (raw: unknown): readonly ReleaseCounters[] => z.array(counters).parse(raw);

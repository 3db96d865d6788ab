import type { TrafficRouter } from '../../../functions/ports/traffic-router.ts';
import { callRouter } from './call-router.ts';
import { readCounters, readRoute } from './route-shapes.ts';
import type { RouterControl } from './router-control.ts';

/** The router process of this machine, over its control API. It may be started anew between two calls. */
export function localTrafficRouter(control: RouterControl): TrafficRouter {
  return {
    observe: async (service) => readRoute(await callRouter(control, { method: 'GET', path: path(service, 'route') })),
    change: async (service, expectedVersion, epoch, route) => {
      const body = { expectedVersion, epoch, route };
      return readRoute(await callRouter(control, { method: 'PUT', path: path(service, 'route'), body }));
    },
    counters: async (service) =>
      readCounters(await callRouter(control, { method: 'GET', path: path(service, 'counters') })),
  };
}

const path = (service: string, part: string) => `/services/${encodeURIComponent(service)}/${part}`;

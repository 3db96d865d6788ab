import { changedRoute, unrouted } from '../../../functions/ports/changed-route.ts';
import { keptCounters } from '../../../functions/ports/kept-counters.ts';
import type { ReleaseCounters, Route, TrafficRouter } from '../../../functions/ports/traffic-router.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { requestForwarder, type ForwardingOptions } from './request-forwarder.ts';
import { routerFiles } from './router-files.ts';
import { routingTable, type RoutingTable } from './routing-table.ts';
import { openServiceFront, type ServiceFront } from './service-front.ts';
import { upgradeForwarder } from './upgrade-forwarder.ts';
import { writeGate, type WriteGate } from './write-gate.ts';
import { readTally, tallyFrom, type ReleaseTally } from './upstream.ts';

/** The router inside its process: data path, routes, counters and files. */
export interface Router extends TrafficRouter {
  /**
   * Opens the service's public port, or moves it there; 0 keeps what it has, or takes any. Safe to repeat.
   * @returns the public URL
   * @throws StepFailure `Pointsman.PortTaken`
   */
  publish(service: string, port: number): Promise<string>;
  /** Takes the service away: its port takes no new connections, its route and counters are gone. Safe to repeat. */
  forget(service: string): Promise<void>;
  /** What a service's requests that may write pass; undefined for one that is not served. */
  gate(service: string): WriteGate | undefined;
  /** Public URLs by service name. */
  urls(): ReadonlyMap<string, string>;
  /** Takes no new connections, waits for the requests in flight, writes the counters. */
  close(): Promise<void>;
}

interface Service {
  route: Route;
  table: RoutingTable;
  readonly tallies: Map<string, ReleaseTally>;
  readonly gate: WriteGate;
  front: ServiceFront;
}

const countersSavedEveryMs = 1_000;

/** Serves again what the folder's files say was served before, on the same ports where they are free. */
export async function openRouter(folder: string, options: ForwardingOptions = {}): Promise<Router> {
  const files = routerFiles(folder);
  const requests = requestForwarder(options);
  const upgrades = upgradeForwarder(options);
  const services = new Map<string, Service>();
  const changes = inTurn();
  const saves = inTurn();

  const storedCounters = await files.counters();
  for (const [name, { port, route }] of await files.routes()) {
    const tallies = new Map(storedCounters.get(name)?.map((counters) => [counters.release, tallyFrom(counters)]));
    await open(name, port, route, tallies).catch((error: unknown) => {
      if (!isPortTaken(error)) throw error;
      return open(name, 0, route, tallies); // somebody took it meanwhile: any port is better than none
    });
  }
  if (services.size > 0) await saveRoutes();

  async function open(name: string, port: number, route: Route, tallies: Map<string, ReleaseTally>): Promise<Service> {
    const readTable = () => service.table;
    const gate = writeGate();
    const front = await openServiceFront(name, port, readTable, requests, upgrades, gate);
    const service: Service = { route, table: routingTable(route, tallies, 0), tallies, gate, front };
    services.set(name, service);
    return service;
  }

  async function publish(name: string, port: number): Promise<Service> {
    const known = services.get(name);
    if (known && (port === 0 || port === known.front.port)) return known;
    try {
      if (known) {
        const old = known.front;
        known.front = await openServiceFront(name, port, () => known.table, requests, upgrades, known.gate);
        void old.close();
      }
      const service = known ?? (await open(name, port, unrouted(name), new Map()));
      await saveRoutes();
      return service;
    } catch (error) {
      if (!isPortTaken(error)) throw error;
      const message = `${name}: asked for public port ${port}, which is taken; free it or choose another, or 0 for any`;
      throw new StepFailure('Pointsman.PortTaken', message, { cause: error });
    }
  }

  function saveRoutes(changed?: Route): Promise<void> {
    const stored = Array.from(services, ([name, { front, route }]) => {
      const newest = changed?.service === name ? changed : route;
      return [name, { port: front.port, route: newest }] as const;
    });
    return files.saveRoutes(new Map(stored));
  }

  function readCounters(): ReadonlyMap<string, readonly ReleaseCounters[]> {
    const waiting = requests.waiting();
    const read = (tally: ReleaseTally) => readTally(tally, waiting.get(tally));
    return new Map(Array.from(services, ([name, { tallies }]) => [name, Array.from(tallies.values(), read)]));
  }
  const saveCounters = () => saves(() => files.saveCounters(readCounters()));
  const saver = setInterval(() => void saveCounters().catch(() => {}), countersSavedEveryMs).unref();

  return {
    observe: async (name) => services.get(name)?.route ?? unrouted(name),

    change: (name, expectedVersion, epoch, change) =>
      changes(async () => {
        const current = services.get(name)?.route ?? unrouted(name);
        const decision = changedRoute(current, expectedVersion, epoch, change);
        if (decision.kind === 'refused') throw new StepFailure(decision.name, decision.message);
        const { route } = decision;
        const service = await publish(name, 0);
        await saveRoutes(route); // before it is served: a route that was seen is never lost
        service.table = routingTable(route, service.tallies, service.table.credit);
        service.route = route;
        const kept = new Set(keptCounters([...service.tallies.values()], route));
        for (const tally of service.tallies.values()) if (!kept.has(tally)) service.tallies.delete(tally.release);
        return route;
      }),

    async counters(name) {
      const counted = readCounters().get(name);
      if (!counted) return [];
      await saveCounters(); // what was shown once must not shrink when the router dies and starts anew
      return counted;
    },

    publish: (name, port) => changes(async () => (await publish(name, port)).front.url),
    forget: (name) =>
      changes(async () => {
        const known = services.get(name);
        if (known === undefined) return;
        services.delete(name);
        await saveRoutes();
        await saveCounters();
        void known.front.close(); // what is in flight may finish
      }),

    gate: (name) => services.get(name)?.gate,
    urls: () => new Map(Array.from(services, ([name, { front }]) => [name, front.url])),

    async close() {
      clearInterval(saver);
      await Promise.all(Array.from(services.values(), ({ front }) => front.close()));
      requests.close();
      await saveCounters();
    },
  };
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

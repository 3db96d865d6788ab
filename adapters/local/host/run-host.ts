import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join, resolve } from 'node:path';
import { serve } from '@hono/node-server';
import type { Logger } from 'pino';
import {
  type Configuration,
  ConfigurationError,
  readConfiguration,
  serviceOfImage,
  serviceSettings,
} from '../../configuration.ts';
import { openWorld, type World } from '../../world.ts';
import { lockDataFolder } from '../execution-store/lock-data-folder.ts';
import { publicUrls, publishService } from '../router/publish-service.ts';
import { systemClock } from '../system-clock.ts';
import { addressesIn } from './addresses.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { hostApp } from './host-app.ts';
import { hostLog } from './host-log.ts';
import { type HostEngine, openEngine } from './open-engine.ts';
import { createPushFolder } from './push-folder.ts';
import { serviceStatuses } from './service-status.ts';
import { keepServicesRunning } from './keep-services-running.ts';

export interface HostOptions {
  /** `pointsman.yaml`; without one, every pushed repository is a service with the defaults. */
  readonly configFile?: string;
  /** Over what the configuration says. */
  readonly dataFolder?: string;
  readonly port?: number;
  readonly address?: string;
  readonly log: 'pretty' | 'json';
}

export interface RunningHost {
  readonly url: string;
  /** Resolves when the host has closed. */
  readonly closed: Promise<void>;
  /** Stops listening, finishes what is being written, and leaves router and instances running. */
  close(): Promise<void>;
}

/**
 * Runs the local host: claims the data folder, finds or starts the router, performs the outbox, and only then listens.
 * @throws ConfigurationError, or an Error that says what is in the way: the port, the data folder, its version, a workflow
 */
export async function runHost(options: HostOptions): Promise<RunningHost> {
  const configuration = readConfiguration(options.configFile);
  const { address = configuration.host.address, port = configuration.host.port } = options;
  refuseOffLoopback(address);
  const dataFolder = resolve(options.dataFolder ?? configuration.dataFolder);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const log = hostLog(options.log);
  const undo: (() => void | Promise<void>)[] = [];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = lockDataFolder(dataFolder);
    undo.push(() => lock.release());
    const world = await openWorld(configuration, dataFolder, systemClock, log);
    undo.push(() => world.close());
    const engine = await openEngine({ configuration, dataFolder, world, log });
    undo.push(() => engine.close());
    const keeper = keepServicesRunning(world, log);
    undo.push(() => keeper.stop());
    const app = compose({ configuration, world, engine, log });
    const performed = await engine.runner.recover();
    await publishKnown(configuration, world);
    const server = await listen(app.fetch, address, port);
    undo.push(() => server.close());
    log.info(
      { url: server.url, dataFolder, performed, router: world.routerWasStarted ? 'started' : 'found' },
      'listening',
    );
    const closed = Promise.withResolvers<void>();
    return { url: server.url, closed: closed.promise, close: () => unwind().then(closed.resolve, closed.reject) };
  } catch (thrown) {
    await unwind();
    throw thrown;
  }
}

/** Without authentication the host answers this machine only. */
function refuseOffLoopback(address: string): void {
  if (address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'))) return;
  throw new ConfigurationError(
    `the host does not listen on ${address}: it has no authentication, so it listens on loopback only; use 127.0.0.1 and a tunnel`,
  );
}

interface Parts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly engine: HostEngine;
  readonly log: Logger;
}

function compose({ configuration, world, engine, log }: Parts) {
  const addresses = addressesIn(configuration.aws);
  const deployments = publishing(
    configuration,
    world,
    createDeployments({
      ...world,
      ...engine,
      machine: engine.machine('deploy'),
      settings: (service) => serviceSettings(configuration, service),
      now: systemClock.now,
    }),
  );
  const statuses = serviceStatuses({
    ...world,
    ...engine,
    canaryMachineArn: addresses.machine('canary'),
    services: () => serviceNames(configuration, world),
    urlOf: async (service) => (await publicUrls(world.routerControl)).get(service),
  });
  const pushFolder = createPushFolder({
    registryFolder: world.registryFolder,
    notify: async (request) => app.fetch(request),
    now: systemClock.now,
  });
  const app = hostApp({
    deployments,
    statuses,
    pushFolder,
    stepFunctions: engine.api,
    serviceOf: (repository) => serviceOfImage(configuration, repository),
    version: packageVersion(),
    log,
  });
  return app;
}

/** A service has its public port before its first rollout starts. */
const publishing = (configuration: Configuration, world: World, deployments: Deployments): Deployments => ({
  ...deployments,
  async start(service, asked) {
    const settings = serviceSettings(configuration, service);
    if (settings !== undefined) await publishService(world.routerControl, service, settings.port);
    return deployments.start(service, asked);
  },
});

async function publishKnown({ services = {} }: Configuration, world: World): Promise<void> {
  for (const [name, settings] of Object.entries(services))
    await publishService(world.routerControl, name, settings?.port ?? 0);
}

/** Services of the configuration, and those that were published without one. */
async function serviceNames({ services }: Configuration, { routerControl }: World): Promise<readonly string[]> {
  return services === undefined ? [...(await publicUrls(routerControl)).keys()].sort() : Object.keys(services);
}

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, (bound) => {
      const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
      server.off('error', reject);
      resolve({
        url: `http://${host}:${bound.port}`,
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

const packageVersion = (): string =>
  String(JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')).version);

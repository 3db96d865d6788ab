import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { type Configuration, serviceOfImage, serviceSettings } from '../../configuration.ts';
import type { World } from '../../world.ts';
import { publicUrls, publishService } from '../router/publish-service.ts';
import { addressesIn } from './addresses.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import type { Down } from './down.ts';
import { hostApp } from './host-app.ts';
import type { HostEngine } from './open-engine.ts';
import { createPushFolder } from './push-folder.ts';
import type { Recovery } from './recovery/compose-recovery.ts';
import { serviceStatuses } from './service-status.ts';

interface HostParts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly engine: HostEngine;
  readonly recovery: Recovery;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly down: Down;
  readonly log: Logger;
}

/** The host's HTTP app over its engine and its world. */
export function composeApp({ configuration, world, engine, recovery, now, down, log }: HostParts): Hono {
  const settings = (service: string) => serviceSettings(configuration, service);
  const starter = createDeployments({ ...world, ...engine, machine: engine.machine('deploy'), settings, now });
  const deployments: Deployments = { ...starter, start: publishFirst(configuration, world, starter.start) };
  const app = hostApp({
    deployments,
    statuses: serviceStatuses({
      ...world,
      ...engine,
      canaryMachineArn: addressesIn(configuration.aws).machine('canary'),
      services: () => serviceNames(configuration, world),
      urlOf: async (service) => (await publicUrls(world.routerControl)).get(service),
    }),
    down,
    recovery,
    pushFolder: createPushFolder({
      registryFolder: world.registryFolder,
      notify: async (request) => app.fetch(request),
      now,
    }),
    stepFunctions: engine.api,
    serviceOf: (repository) => serviceOfImage(configuration, repository),
    version: packageVersion(),
    log,
  });
  return app;
}

/** Opens the public ports of the services the configuration names. */
export async function publishConfigured({ services = {} }: Configuration, { routerControl }: World): Promise<void> {
  for (const [name, settings] of Object.entries(services))
    await publishService(routerControl, name, settings?.port ?? 0);
}

/** A service has its public port before its first rollout starts. */
const publishFirst =
  (configuration: Configuration, { routerControl }: World, start: Deployments['start']): Deployments['start'] =>
  async (service, asked) => {
    const settings = serviceSettings(configuration, service);
    if (settings !== undefined) await publishService(routerControl, service, settings.port);
    return start(service, asked);
  };

/** Services of the configuration; without any, those that were published. */
async function serviceNames({ services }: Configuration, { routerControl }: World): Promise<readonly string[]> {
  return services === undefined ? [...(await publicUrls(routerControl)).keys()].sort() : Object.keys(services);
}

const packageVersion = (): string =>
  String(JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')).version);

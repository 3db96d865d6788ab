import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../functions/ports/clock.ts';
import type { Ports } from '../functions/ports/ports.ts';
import { type Configuration, serviceSettings, type ServiceSettings } from './configuration.ts';
import { backupsByGroup, endpointsByGroup, storesByGroup } from './by-group.ts';
import {
  openControlDatabase,
  sqliteBackupCatalog,
  sqliteLeases,
  sqliteRecoveryRuns,
  sqliteReleaseLedger,
  sqliteRunOrders,
} from './local/control/index.ts';
import { localWriteEndpoint } from './local/router/endpoint/local-write-endpoint.ts';
import { configuredNotifier } from './configured-notifier.ts';
import { configuredPlans } from './configured-plans.ts';
import { processReleaseTarget, type ProcessReleaseTarget } from './local/process-target/process-release-target.ts';
import { ensureRouter, isRouterAlive } from './local/router/ensure-router.ts';
import { localTrafficRouter } from './local/router/local-traffic-router.ts';
import type { RouterControl } from './local/router/router-control.ts';
import { memoryWriteEndpoint } from './memory/write-endpoint.ts';
import { layoutFolder } from './oci/image-name.ts';
import { layoutImageRegistry, type LayoutImageRegistry } from './oci/layout-image-registry.ts';
import { openGroups, type ProtectedGroups } from './protected-groups.ts';
import { unpackImage } from './oci/unpack-image.ts';

/** Every port of the step functions made real, and what a host needs beside them. */
export interface World extends Ports {
  readonly images: LayoutImageRegistry;
  readonly target: ProcessReleaseTarget;
  readonly routerControl: RouterControl;
  /** Protected groups whose servers run here. */
  readonly groups: ProtectedGroups;
  readonly registryFolder: string;
  /** Whether this call started the router, or found it running. */
  readonly routerWasStarted: boolean;
  /** Cheap enough to be asked several times a second. */
  isRouterAlive(): Promise<boolean>;
  /** Starts the router again when it has died; true when it had. */
  reviveRouter(): Promise<boolean>;
  /** Whether the configuration says how this service is run. */
  isConfigured(service: string): boolean;
  close(): void;
}

/** From the configuration to adapters. The router is found or started; it and the releases' instances outlive this process. */
export async function openWorld(
  configuration: Configuration,
  dataFolder: string,
  clock: Clock,
  log: Logger,
): Promise<World> {
  const registryFolder = join(dataFolder, 'registry');
  const control = openControlDatabase(join(dataFolder, 'control.db'));
  try {
    const groups = await openGroups({ groups: configuration.groups, dataFolder, clock });
    const router = await ensureRouter(dataFolder);
    return {
      clock,
      images: layoutImageRegistry(registryFolder),
      leases: sqliteLeases(control, clock),
      ledger: sqliteReleaseLedger(control),
      orders: sqliteRunOrders(control),
      catalog: sqliteBackupCatalog(control),
      runs: sqliteRecoveryRuns(control),
      groups,
      store: storesByGroup(groups),
      backups: backupsByGroup(groups),
      plans: configuredPlans(configuration.groups),
      endpoint: endpointsByGroup(groups, localWriteEndpoint(router.control), memoryWriteEndpoint()),
      notifier: configuredNotifier(configuration.notifications, clock, log),
      router: localTrafficRouter(router.control),
      target: processReleaseTarget({
        folder: join(dataFolder, 'target'),
        settings: (service) => settingsOf(configuration, service).target,
        unpack: async (service, release, folder) => {
          const layout = layoutFolder(registryFolder, settingsOf(configuration, service).image);
          const { command, workingDir, env } = await unpackImage(layout, release, folder);
          return { command: [...command], workingDir, env: { ...env } };
        },
      }),
      routerControl: router.control,
      routerWasStarted: router.wasStarted,
      isRouterAlive: () => isRouterAlive(dataFolder),
      reviveRouter: async () => (await ensureRouter(dataFolder)).wasStarted,
      isConfigured: (service) => serviceSettings(configuration, service) !== undefined,
      registryFolder,
      close: control.close,
    };
  } catch (thrown) {
    control.close();
    throw thrown;
  }
}

function settingsOf(configuration: Configuration, service: string): ServiceSettings {
  const settings = serviceSettings(configuration, service);
  if (settings === undefined) throw new Error(`there are no settings for the service ${service}`);
  return settings;
}
